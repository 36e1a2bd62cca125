import { describe, expect, test } from 'vitest';
import { shippedTasks } from '../../src/tasks/index.ts';
import { encodePairs, encodeSpans } from '../../src/text/encode.ts';
import { loadExamples } from '../../src/text/task-data.ts';
import { shippedTokenizer } from '../../src/text/tokenizer.ts';
import { CLS, PAD, SEP } from '../../src/text/vocabulary.ts';

const tokenizer = shippedTokenizer(4000);
const row = (values: Int32Array, index: number, length: number) => [
  ...values.slice(index * length, (index + 1) * length),
];

describe('encodePairs', () => {
  test('lays out [CLS] a [SEP] b [SEP] with segments, mask and padding', async () => {
    const { ids, segments, mask, cut } = await encodePairs(tokenizer, [{ text: 'a b', pair: 'c' }, { text: 'a' }], 8);
    const [a, b, c] = ['a', 'b', 'c'].map((piece) => tokenizer.vocabulary.indexOf(piece));
    expect(row(ids, 0, 8)).toEqual([CLS, a, b, SEP, c, SEP, PAD, PAD]);
    expect(row(segments, 0, 8)).toEqual([0, 0, 0, 0, 1, 1, 0, 0]);
    expect(row(mask, 0, 8)).toEqual([1, 1, 1, 1, 1, 1, 0, 0]);
    expect(row(ids, 1, 8)).toEqual([CLS, a, SEP, PAD, PAD, PAD, PAD, PAD]);
    expect(row(mask, 1, 8)).toEqual([1, 1, 1, 0, 0, 0, 0, 0]);
    expect(cut).toBe(0);
  });

  test.each([
    ['a a a a a a a a', 'b b', 5, 2],
    ['a a', 'b b b b b b b b', 2, 5],
    ['a a a a a a a', 'b b b b b b', 4, 3],
    ['a a a a a a', 'b b b b b b b', 4, 3],
    ['a a a a', 'b b b', 4, 3],
  ])('takes tokens from the end of the longer text: %s / %s', async (text, pair, first, second) => {
    const { ids, cut } = await encodePairs(tokenizer, [{ text, pair }], 10);
    const count = (piece: string) => ids.filter((id) => id === tokenizer.vocabulary.indexOf(piece)).length;
    expect([count('a'), count('b')]).toEqual([first, second]);
    expect(ids[9]).toBe(SEP);
    expect(cut).toBe(text.length + pair.length > 12 ? 1 : 0);
  });
});

describe('encodeSpans', () => {
  const passage = 'First \u{1f600} caf\u00e9s.\nThen Unbelievable things';
  const at = passage.indexOf('Unbelievable');
  const example = { question: 'what', passage, start: at, end: at + 12, answers: ['Unbelievable'] };

  test('finds the answer by its tokens, and its text by them', async () => {
    const encoded = await encodeSpans(tokenizer, [example], 40);
    expect(encoded.answer(0, encoded.starts[0]!, encoded.ends[0]!)).toBe('Unbelievable');
    expect(encoded.ends[0]! - encoded.starts[0]!).toBeGreaterThan(0);
    expect(encoded.answerCut).toEqual([]);
  });

  test('leaves out tokens that touch the answer', async () => {
    const tight = { question: 'what', passage: 'a(cat)b', start: 2, end: 5, answers: ['cat'] };
    const encoded = await encodeSpans(tokenizer, [tight], 20);
    expect(encoded.answer(0, encoded.starts[0]!, encoded.ends[0]!)).toBe('cat');
  });

  test('counts an answer that was cut off, and keeps the example', async () => {
    const encoded = await encodeSpans(tokenizer, [example, { ...example, start: 0, end: 5 }], 12);
    expect(encoded.answerCut).toEqual([0]);
    expect([encoded.starts[0], encoded.ends[0]]).toEqual([-1, -1]);
    expect(encoded.answer(1, encoded.starts[1]!, encoded.ends[1]!)).toBe('First');
    expect([encoded.count, encoded.cut]).toEqual([2, 2]);
  });

  test('marks the tokens of the passage, and answers from nowhere else', async () => {
    const encoded = await encodeSpans(tokenizer, [example], 40);
    const { passage: inside, ids } = encoded;
    const answer = (start: number, end: number) => encoded.answer(0, start, end);
    const tokens = (await tokenizer.ids([passage]))[0]!;
    expect([...ids].filter((_, index) => inside[index] === 1)).toEqual([...tokens]);
    const first = inside.indexOf(1);
    expect(answer(first, inside.lastIndexOf(1))).toBe(passage);
    expect([answer(0, 0), answer(first - 1, first), answer(first + 1, first), answer(39, 39)]).toEqual([
      '',
      '',
      '',
      '',
    ]);
  });
});

test('every answer of every span task comes back from its tokens, give or take none', async () => {
  for (const task of shippedTasks) {
    if (task.kind !== 'span') continue;
    const { test: examples } = await loadExamples(task);
    const encoded = await encodeSpans(tokenizer, examples, 256);
    expect(encoded.answerCut).toEqual([]);
    const answers = examples.map((_, index) => encoded.answer(index, encoded.starts[index]!, encoded.ends[index]!));
    expect(answers).toEqual(examples.map(({ answers: [answer] }) => answer));
  }
});
