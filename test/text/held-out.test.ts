import { expect, test } from 'vitest';
import { textKey } from '../../src/tasks/split.ts';
import { heldOutText } from '../../src/text/held-out.ts';

const isHeldOut = heldOutText(
  new Set(['a small boat', 'the ship sails home at night', 'One, two; three four FIVE!'].map(textKey)),
);

test.each([
  'A small boat.',
  'The ship sails home, at night',
  'Yes: the ship sails home at night, again',
  'one two three four five',
])('held out: %s', (sentence) => {
  expect(isHeldOut(sentence)).toBe(true);
});

test.each([
  'it was a small boat',
  'the ship sails home at nightfall',
  'the ship sails home',
  'bone two three four five',
  '',
])('not held out: %s', (sentence) => {
  expect(isHeldOut(sentence)).toBe(false);
});
