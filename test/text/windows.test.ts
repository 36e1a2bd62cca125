import { expect, test } from 'vitest';
import { shippedTokenizer } from '../../src/text/tokenizer.ts';
import { CLS, SEP } from '../../src/text/vocabulary.ts';
import { encodeWindows } from '../../src/text/windows.ts';

const tokenizer = shippedTokenizer(4000);
const LETTERS = 'a b c d e f g h i j k l m n o p q r s t';
const example = (question: string, answer: string, passage = LETTERS) => {
  const start = passage.indexOf(answer);
  return { question, passage, start, end: start === -1 ? -1 : start + answer.length, answers: [answer] };
};
/** A sequence of 12 as its letters, [CLS] as < and [SEP] as |. */
const spelled = (ids: Int32Array, row: number) =>
  [...ids.slice(12 * row, 12 * row + 12)]
    .map((id) => (id === CLS ? '<' : id === SEP ? '|' : id === 0 ? '' : tokenizer.vocabulary[id]!))
    .join('');

test('a window begins a third of the length after the one before, and the last one ends with the passage', async () => {
  const windows = await encodeWindows(tokenizer, [example('z', 'k l')], 12);
  expect(Array.from({ length: windows.count }, (_, row) => spelled(windows.ids, row))).toEqual([
    '<z|abcdefgh|',
    '<z|efghijkl|',
    '<z|ijklmnop|',
    '<z|mnopqrst|',
  ]);
  expect(windows.cut).toBe(0);
});

test('the answer is where a window holds all of it, and [CLS] where one does not', async () => {
  const windows = await encodeWindows(tokenizer, [example('z', 'h i')], 12);
  expect([...windows.starts]).toEqual([0, 6, 0, 0]);
  expect([...windows.ends]).toEqual([0, 7, 0, 0]);
  expect(windows.answer(1, 6, 7)).toBe('h i');
  expect(windows.answer(2, 3, 4)).toBe('i j');
});

test('answers may start at [CLS] and in the passage, and nowhere else', async () => {
  const windows = await encodeWindows(tokenizer, [example('z', 'a', 'a b')], 12);
  expect([...windows.passage]).toEqual([1, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0]);
});

test('a question is cut at a third of the length, a passage never', async () => {
  const windows = await encodeWindows(tokenizer, [example('z y x w v u', 'a')], 12);
  expect(spelled(windows.ids, 0)).toBe('<zyxw|abcde|');
  expect(spelled(windows.ids, windows.count - 1).endsWith('t|')).toBe(true);
});

test('windows know their example, one without an answer has none anywhere', async () => {
  const two = [example('z', 'a', 'a b'), example('z', 'nowhere'), example('z', 'b', 'a b')];
  const windows = await encodeWindows(tokenizer, two, 12);
  expect([...windows.example]).toEqual([0, 1, 1, 1, 1, 2]);
  expect([...windows.starts]).toEqual([3, 0, 0, 0, 0, 4]);
});
