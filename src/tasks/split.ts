import { shuffleBy } from './hash.ts';
import type { Splits } from './task.ts';

/** Scores on a thousand examples have a standard error of at most 1.6 points; more would cost time, not doubt. */
export const TEST_EXAMPLES = 1000;

/** A text without case, punctuation and spacing: two texts with one key are the same text. */
export const textKey = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/**
 * Splits examples into a test set of at most `size` and a training set that shares neither a group nor a single text
 * with it: training examples that do are left out. Both in a fixed shuffled order, so that any beginning of the
 * training set is a fair sample.
 */
export function splitExamples<Example>(
  examples: readonly Example[],
  group: (example: Example) => string,
  texts: (example: Example) => readonly string[],
  size = TEST_EXAMPLES,
): Splits<Example> {
  const keyed = examples.map((example) => ({ example, group: group(example), keys: texts(example).map(textKey) }));
  const shuffled = shuffleBy(keyed, (item) => item.group);
  const test = shuffled.slice(0, size);
  const testGroups = new Set(test.map((item) => item.group));
  const testKeys = new Set(test.flatMap((item) => item.keys));
  const apart = shuffled.filter((item) => !testGroups.has(item.group) && !item.keys.some((key) => testKeys.has(key)));
  const train = shuffleBy(apart, ({ keys }) => keys.join('\n'));
  return { train: train.map(({ example }) => example), test: test.map(({ example }) => example) };
}
