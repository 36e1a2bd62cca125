import { expect, test } from 'vitest';
import { engineeringTick, listed, signed, speedupText } from '../../../src/report/html/words.ts';

test.each([
  [0, '0'],
  [100, '100'],
  [1000, '1k'],
  [1.5e12, '1.5T'],
  [10e9, '10G'],
  [100e9, '100G'],
  [1.25e6, '1.25M'],
])('%s on an axis is %s', (value, text) => {
  expect(engineeringTick(value)).toBe(text);
});

test('differences have a true minus sign, and none where they round to 0', () => {
  expect([signed(-0.25, 1), signed(-0.01, 1), signed(2, 1), speedupText(-0.021)]).toEqual([
    '−0.3',
    '0.0',
    '+2.0',
    '−2.1%',
  ]);
});

test('lists read as sentences do', () => {
  expect([listed([]), listed(['a']), listed(['a', 'b']), listed(['a', 'b', 'c'])]).toEqual([
    '',
    'a',
    'a and b',
    'a, b and c',
  ]);
});
