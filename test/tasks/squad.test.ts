import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { squad } from '../../src/tasks/squad/index.ts';

const [squad11, squad20] = squad;
const passage = 'In 1066 \u{1f451} William won. William of Normandy, that is.';

/** A file as the official ones are: `start` counts code points. */
const file = (...qas: readonly object[]): string =>
  JSON.stringify({ version: '1.1', data: [{ title: 'x', paragraphs: [{ context: passage, qas }] }] });
const question = (id: string, ...answers: readonly (readonly [text: string, start: number])[]) => ({
  id,
  question: 'Who won?',
  answers: answers.map(([text, start]) => ({ text, answer_start: start })),
});
const read = (train: string, dev: string) =>
  squad11.examples(
    new Map([
      ['train-v1.1.json', train],
      ['dev-v1.1.json', dev],
    ]),
  );
const good = file(question('q', ['William', 10]));

describe('SQuAD’s JSON', () => {
  test('counts places in code points, as Python does', () => {
    const [example] = read(good, good).train;
    expect(passage.slice(example!.start, example!.end)).toBe('William');
    expect(example!.start).toBe(passage.indexOf('William'));
  });

  test('keeps every answer of a question', () => {
    const dev = file(question('q', ['William', 10], ['William of Normandy', 23]));
    expect(read(good, dev).test).toMatchObject([{ id: 'q', answers: ['William', 'William of Normandy'] }]);
  });

  test('leaves out and counts what cannot be learned from', () => {
    const train = file(question('a', ['William', 10]), question('b', ['William', 3]), question('c'));
    const { train: learned, warnings } = read(train, good);
    expect(learned.map(({ id }) => id)).toEqual(['a']);
    expect(warnings).toEqual([
      'train-v1.1.json: 2 of 3 questions left out, without an answer that stands where it says, the first "b"',
    ]);
  });

  test('of 2.0 has questions without an answer, whose plausible answers are none', () => {
    const none = { ...question('b', ['William', 10]), is_impossible: true, plausible_answers: [] };
    const text = file({ ...question('a', ['William', 10]), is_impossible: false }, none);
    const splits = squad20.examples(
      new Map([
        ['train-v2.0.json', text],
        ['dev-v2.0.json', text],
      ]),
    );
    expect(splits.test.map(({ answers, start }) => [answers, start])).toEqual([
      [['William'], 11],
      [[], -1],
    ]);
    expect(splits.train.length).toBe(2);
    expect(splits.warnings).toEqual([]);
  });

  test('may come a question a line, as on the hub', () => {
    const line = JSON.stringify({
      id: 'q',
      context: passage,
      question: 'Who?',
      answers: { text: ['won'], answer_start: [18] },
    });
    const splits = squad11.examples(
      new Map([
        ['train-v1.1.jsonl', line],
        ['dev-v1.1.json', good],
      ]),
    );
    expect(splits.train).toMatchObject([{ id: 'q', answers: ['won'], start: 19, end: 22 }]);
  });

  test.each([
    ['nothing', '', 'train-v1.1.json must be JSON'],
    ['half a file', good.slice(0, 40), 'train-v1.1.json must be JSON'],
    ['a list', '[]', 'train-v1.1.json must be an object'],
    ['no data', '{}', 'train-v1.1.json must have a list "data"'],
    ['no paragraphs', '{"data":[{}]}', 'train-v1.1.json: data[0] must have a list "paragraphs"'],
    [
      'a place that is none',
      good.replace('"answer_start":10', '"answer_start":"x"'),
      'answers[0] must have a whole number "answer_start"',
    ],
    ['no answers at all', file(question('q')), 'must hold questions with answers, got none that is answered'],
  ])('is refused where it is %s', (_, text, words) => {
    expect(() => read(text, good)).toThrow(UserError);
    expect(() => read(text, good)).toThrow(words);
  });
});
