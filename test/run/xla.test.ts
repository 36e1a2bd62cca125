import { expect, test } from 'vitest';
import { usesXla } from '../../src/run/xla.ts';

test('auto compiles with XLA for long runs on a card only', () => {
  expect(usesXla({ name: 'cuda', xla: 'auto' }, 1e6)).toBe('on');
  expect(usesXla({ name: 'cuda', xla: 'auto' }, 100)).toBe('off');
  expect(usesXla({ name: 'tensorflow', xla: 'auto' }, 1e6)).toBe('off');
});

test.each(['tensorflow', 'cuda'] as const)('on %s what is named is done, however short the run', (name) => {
  expect([usesXla({ name, xla: 'on' }, 1), usesXla({ name, xla: 'off' }, 1e6)]).toEqual(['on', 'off']);
});
