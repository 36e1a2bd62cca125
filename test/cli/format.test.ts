import { describe, expect, test } from 'vitest';
import { clock, engineering, signedPercent, truncated } from '../../src/cli/format.ts';
import { shellWord } from '../../src/cli/shell.ts';

describe('numbers for people', () => {
  test.each([
    [0, '0:00'],
    [7_400, '0:07'],
    [59_600, '1:00'],
    [750_000, '12:30'],
    [3_725_000, '1:02:05'],
    [-5_000, '0:00'],
  ])('%d ms is %s', (milliseconds, text) => {
    expect(clock(milliseconds)).toBe(text);
  });

  test.each([
    [0, '0'],
    [12, '12'],
    [999, '999'],
    [1000, '1.00k'],
    [4_899_840, '4.90M'],
    [999_600, '1.00M'],
    [3.22e12, '3.22T'],
  ])('%d is %s', (value, text) => {
    expect(engineering(value)).toBe(text);
  });

  test.each([
    [0.2535, '+25.4%'],
    [-0.1, '-10.0%'],
    [0, '+0.0%'],
    [-0.0001, '+0.0%'],
  ])('a ratio of 1 + %d is %s', (ratio, text) => {
    expect(signedPercent(ratio)).toBe(text);
  });

  test('text that is cut says so, and is never wider than its room', () => {
    expect(truncated('interleave', 6)).toBe('inter…');
    expect(truncated('stack', 5)).toBe('stack');
    expect(truncated('stack', 0)).toBe('');
  });
});

test.each([
  ['train.steps=100', 'train.steps=100'],
  ['my sweep.yaml', "'my sweep.yaml'"],
  ["it's", "'it'\\''s'"],
  ['', "''"],
])('%s is typed into a shell as %s', (word, typed) => {
  expect(shellWord(word)).toBe(typed);
});
