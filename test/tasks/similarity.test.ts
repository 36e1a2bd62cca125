import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { similarity } from '../../src/tasks/wordnet/similarity.ts';
import { parseSynset, synsetsOf } from '../../src/tasks/wordnet/synset.ts';
import { taxonomyOf, wuPalmer } from '../../src/tasks/wordnet/taxonomy.ts';
import { readSources } from '../../src/text/task-data.ts';

interface Known {
  readonly pair: readonly [string, string];
  readonly wup: number;
  readonly values: readonly number[];
}

// Made by test/oracle/similarity.py.
const fixture = JSON.parse(readFileSync('test/fixtures/similarity.json', 'utf8')) as readonly Known[];
const files = await readSources(['data.noun']);
const nouns = synsetsOf(files, 'data.noun');

test('Wu and Palmer’s similarity equals NLTK’s, and is none where it hangs on a choice of NLTK’s', () => {
  const taxonomy = taxonomyOf(nouns);
  expect(fixture.length).toBeGreaterThan(400);
  expect(fixture.filter(({ values }) => values.length > 1).length).toBeGreaterThan(3);
  for (const { pair, wup, values } of fixture) {
    const found = wuPalmer(taxonomy, ...pair);
    if (values.length > 1) expect(found, pair.join()).toBeNull();
    else expect(found, pair.join()).toBeCloseTo(wup, 12);
  }
});

test('what has no hypernym in common is not similar at all', () => {
  const roots = [1, 2].map((offset) => parseSynset(`0000000${offset} 03 n 01 root${offset} 0 000 | a root`)!);
  expect(wuPalmer(taxonomyOf(roots), 'n00000001', 'n00000002')).toBe(0);
});

describe('the task', () => {
  const { train, test: asked } = similarity.examples(files);

  test('has targets from unlike to like in both splits, about as often', () => {
    for (const split of [train, asked]) {
      const inFifths = [0, 1, 2, 3, 4].map(
        (low) => split.filter(({ target }) => target > low && target <= low + 1).length / split.length,
      );
      for (const share of inFifths) expect(share).toBeGreaterThan(0.05);
      expect(inFifths.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    }
    const mean = (split: typeof train) => split.reduce((sum, { target }) => sum + target, 0) / split.length;
    expect(Math.abs(mean(train) - mean(asked))).toBeLessThan(0.1);
  });

  test('asks for no pair twice, whichever stands first', () => {
    const names = [...train, ...asked].map(({ text, pair = '' }) => [text, pair].sort().join('\n'));
    expect(new Set(names).size).toBe(names.length);
  });
});
