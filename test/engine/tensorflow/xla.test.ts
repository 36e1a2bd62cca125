import { expect, test } from 'vitest';
import { usesXla } from '../../../src/engine/tensorflow/xla.ts';

const decided = (xla: 'auto' | 'on' | 'off', engine: 'tensorflow' | 'cuda', steps: number) =>
  usesXla({ precision: 'fp32', xla, steps }, engine);

test('auto compiles with XLA for long runs on a card only', () => {
  expect(decided('auto', 'cuda', 1e6)).toBe(true);
  expect(decided('auto', 'cuda', 100)).toBe(false);
  expect(decided('auto', 'tensorflow', 1e6)).toBe(false);
});

test.each(['tensorflow', 'cuda'] as const)('on %s what is named is done, however short the run', (engine) => {
  expect([decided('on', engine, 1), decided('off', engine, 1e6)]).toEqual([true, false]);
});
