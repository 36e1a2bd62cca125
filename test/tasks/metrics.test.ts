import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { accuracy, f1, macroF1 } from '../../src/tasks/metrics.ts';
import { exactMatch, spanF1 } from '../../src/tasks/span-metrics.ts';

interface Fixture {
  readonly classification: readonly {
    readonly gold: readonly number[];
    readonly predicted: readonly number[];
    readonly accuracy: number;
    readonly macro_f1: number;
    readonly f1: number;
  }[];
  readonly spans: readonly {
    readonly predicted: string;
    readonly answers: readonly string[];
    readonly exact_match: number;
    readonly f1: number;
  }[];
}

// Made by test/oracle/metrics.py.
const fixture = JSON.parse(readFileSync('test/fixtures/metrics.json', 'utf8')) as Fixture;

test.each(fixture.classification)('classification metrics equal scikit-learn on $gold.length predictions', (known) => {
  expect(accuracy(known.predicted, known.gold)).toBeCloseTo(known.accuracy, 12);
  expect(macroF1(known.predicted, known.gold)).toBeCloseTo(known.macro_f1, 12);
  expect(f1(known.predicted, known.gold)).toBeCloseTo(known.f1, 12);
});

describe("span metrics equal SQuAD's rules", () => {
  test.each(fixture.spans)('for $predicted against $answers', ({ predicted, answers, ...known }) => {
    expect(exactMatch([predicted], [{ answers }])).toBe(known.exact_match);
    expect(spanF1([predicted], [{ answers }])).toBeCloseTo(known.f1, 6);
  });

  test('and are means over the examples, a missing prediction counting as wrong', () => {
    const examples = [{ answers: ['red fox'] }, { answers: ['dog'] }, { answers: ['cat'] }];
    expect(exactMatch(['a red fox', 'cow'], examples)).toBeCloseTo(1 / 3, 12);
    expect(spanF1(['fox', 'dog'], examples)).toBeCloseTo((2 / 3 + 1) / 3, 12);
  });
});
