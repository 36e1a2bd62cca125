import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CellEvent } from '../../src/run/record.ts';
import { protocolOf } from '../../src/run/protocol.ts';
import { tasks } from '../../src/tasks/index.ts';
import type { Asked, TaskModel } from '../../src/train/task-model.ts';
import type { Exercise } from '../../src/train/tune.ts';
import { tuningEvents } from '../../src/train/tuning-events.ts';
import { tinySettings } from './tiny.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => vi.useRealTimers());

const [STEPS, BATCH, TEST_BATCHES, FURTHER_BATCHES] = [500, 16, 30, 270];
const rows = Array.from({ length: STEPS * BATCH }, (_, row) => row);
const model = { trainRows: rows, width: 3 } as Pick<TaskModel, 'trainRows' | 'width'> as TaskModel;
const set = (key: string, batches: number): Asked => ({ key, count: batches * BATCH - 1, feeds: () => ({}) });
const exercise: Exercise = {
  ...{ task: tasks[0]!, model, protocol: protocolOf(tinySettings(), tasks[0]!.name) },
  sets: [set('test', TEST_BATCHES), set('further', FURTHER_BATCHES)],
};

/** What is told of the second of four runs whose steps and batches each take so many milliseconds. */
function told(each: number): { readonly event: CellEvent; readonly at: number }[] {
  const events: { event: CellEvent; at: number }[] = [];
  const onEvent = (event: CellEvent) => events.push({ event, at: performance.now() });
  const onProgress = tuningEvents({ onEvent }, exercise, 1, 4);
  for (let step = 1; step <= STEPS; step += 1) {
    vi.advanceTimersByTime(each);
    onProgress({ step, seconds: 0, answers: new Map() }, 1);
  }
  const answers = new Map<string, Float32Array>();
  for (const { key, count } of exercise.sets) {
    for (let done = BATCH; done < count + BATCH; done += BATCH) {
      vi.advanceTimersByTime(each);
      answers.set(key, new Float32Array(3 * Math.min(done, count)));
      onProgress({ step: STEPS, seconds: 0, answers }, null);
    }
  }
  return events;
}

test('a run that is quick is told of at fifty of its steps, and of the batches that it answers', () => {
  const events = told(1).map(({ event }) => event);
  expect(events.filter(({ type }) => type === 'finetune')).toHaveLength(50);
  expect(events.filter(({ type }) => type === 'predict')).toHaveLength(50);
});

test('one that is slow is never silent for two seconds', () => {
  const times = [0, ...told(700).map(({ at }) => at)];
  expect(Math.max(...times.slice(1).map((at, index) => at - times[index]!))).toBeLessThan(2000);
});

test('its share grows with every step and batch, from that of the runs before it to that of the next', () => {
  const shares = told(1).flatMap(({ event }) => ('share' in event ? [event.share] : []));
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(new Set(shares).size).toBe(100);
  expect(Math.min(...shares)).toBeGreaterThan(1 / 4);
  expect(shares.at(-1)).toBe(1 / 2);
  // A step costs thrice what a batch of answers costs: 1500 parts of 1800.
  expect(shares[49]).toBeCloseTo((1 + 1500 / 1800) / 4, 12);
});
