import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { onStopRequest } from '../../src/run/signals.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('the signals that one press sends are one request, and another press is another', () => {
  let heard = 0;
  const forget = onStopRequest(() => (heard += 1));
  // As `timeout` sends it: to its command, then to the whole group.
  process.emit('SIGUSR2', 'SIGUSR2');
  vi.advanceTimersByTime(2);
  process.emit('SIGUSR2', 'SIGUSR2');
  expect(heard).toBe(1);
  vi.advanceTimersByTime(400);
  process.emit('SIGUSR2', 'SIGUSR2');
  expect(heard).toBe(2);
  forget();
  expect(process.listenerCount('SIGUSR2')).toBe(0);
});
