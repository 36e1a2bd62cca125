import { expect, test } from 'vitest';
import { suggest } from '../src/errors.ts';

test.each([
  ['setps', ['steps', 'batch'], 'Did you mean "steps"? '],
  ['train.stpes', ['train.steps', 'train.flops'], 'Did you mean "train.steps"? '],
  ['stak', ['stack', 'start', 'truncate'], 'Did you mean "stack"? '],
  ['bat', ['bats', 'cat'], 'Did you mean "bats" or "cat"? '],
  ['entirely else', ['stack'], ''],
  ['x', [], ''],
])('of %s and %j the nearest are suggested, if near enough', (got, known, want) => {
  expect(suggest(got, known)).toBe(want);
});
