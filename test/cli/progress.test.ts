import { describe, expect, test } from 'vitest';
import { cellTimeLeft, sweepTimeLeft } from '../../src/cli/progress/estimate.ts';
import { advance, NOTHING_YET, type Progress } from '../../src/cli/progress/progress.ts';
import { totalsText } from '../../src/cli/progress/wording.ts';
import type { SweepEvent } from '../../src/run/events.ts';
import type { CellEvent } from '../../src/run/record.ts';
import { cellOf, failure, plan, recordOf } from '../report/records.ts';
import { planOf } from '../run/cells.ts';

type Timed = readonly [seconds: number, event: SweepEvent];

const fold = (events: readonly Timed[], from = NOTHING_YET): Progress =>
  events.reduce((progress, [seconds, event]) => advance(progress, event, 1000 * seconds), from);

/** Three cells alike, which train for ten steps and no tasks. */
const cells = planOf(['full'], [0, 1, 2]).cells;
const [first, second, third] = cells as [(typeof cells)[number], (typeof cells)[number], (typeof cells)[number]];
const begun = (cached: readonly string[] = [], workers = 1): Timed => [
  0,
  { type: 'sweep-started', cells, cached, workers },
];
const starts = (seconds: number, id: string): Timed => [seconds, { type: 'cell-started', id }];
const tells = (seconds: number, id: string, event: CellEvent): Timed => [seconds, { type: 'cell-event', id, event }];
const step = (seconds: number, id: string, at: number): Timed =>
  tells(seconds, id, { type: 'step', step: at, of: 10, loss: 6 });
const stage = (seconds: number, id: string): Timed =>
  tells(seconds, id, { type: 'stage', stage: 0, of: 1, shape: plan.arms[0]!.stages[0]!.shape });
const ends = (seconds: number, cell: typeof first): Timed => [
  seconds,
  { type: 'cell-finished', id: cell.id, record: recordOf(cell, {}) },
];

describe('the time left', () => {
  test('of a cell is what the rest of its work takes at the speed so far, preparation not counted', () => {
    const { running } = fold([begun(), starts(0, first.id), stage(5, first.id), step(9, first.id, 4)]);
    expect(running[0]!.done).toBeCloseTo(0.4, 12);
    expect(cellTimeLeft(running[0]!, 9000)).toBeCloseTo(6000, 6);
  });

  test('of a cell counts the time of all its stages', () => {
    const { running } = fold([
      begun(),
      starts(0, first.id),
      stage(5, first.id),
      stage(8, first.id),
      step(9, first.id, 4),
    ]);
    expect(cellTimeLeft(running[0]!, 9000)).toBeCloseTo(6000, 6);
  });

  test('of a sweep is the rest of all cells, shared out among the workers', () => {
    const done = [begun(), starts(0, first.id), stage(0, first.id), ends(10, first), starts(10, second.id)];
    expect(sweepTimeLeft(fold(done), 10_000)).toBeCloseTo(20_000, 6);
    const two = fold([begun([], 2), ...done.slice(1), starts(10, third.id)]);
    expect(sweepTimeLeft(two, 10_000)).toBeCloseTo(10_000, 6);
  });

  test('of a sweep does not count cells whose records were there before', () => {
    const progress = fold([begun([third.id]), starts(0, first.id), stage(0, first.id), ends(10, first)]);
    expect(sweepTimeLeft(progress, 10_000)).toBeCloseTo(10_000, 6);
  });

  test('of a sweep is never shorter than that of its slowest running cell', () => {
    const progress = fold([
      begun([third.id], 2),
      starts(0, first.id),
      starts(0, second.id),
      stage(0, first.id),
      stage(0, second.id),
      step(10, first.id, 9),
      step(10, second.id, 1),
    ]);
    expect(sweepTimeLeft(progress, 10_000)).toBeCloseTo(90_000, 6);
  });

  test.each([
    ['before anything is known', []],
    ['before the first step', [begun(), starts(0, first.id)]],
    ['at the first step', [begun(), starts(0, first.id), stage(0, first.id), step(0, first.id, 0)]],
  ])('is unknown %s, rather than a wild number', (_, events: readonly Timed[]) => {
    const progress = fold(events);
    expect(sweepTimeLeft(progress, 0)).toBeNull();
    expect(totalsText(progress, 0)).not.toMatch(/left|NaN|-/);
  });

  test('is never negative, not even when the clock is set back', () => {
    const progress = fold([begun(), starts(50, first.id), stage(50, first.id), step(60, first.id, 5)]);
    expect(cellTimeLeft(progress.running[0]!, 0)).toBe(0);
    expect(totalsText(progress, 0)).not.toMatch(/NaN|-/);
  });

  test('is nothing once the sweep has ended', () => {
    const progress = fold([begun(), [9, { type: 'sweep-finished', interrupted: true, failed: 0 }]]);
    expect(sweepTimeLeft(progress, 9000)).toBe(0);
    expect(progress.ended).toBe('interrupted');
  });
});

describe('the progress of a sweep', () => {
  test('lists running cells as they started and finished ones as they ended', () => {
    const progress = fold([
      begun([], 3),
      ...[third, first, second].map(({ id }) => starts(0, id)),
      ends(5, second),
      ends(6, third),
    ]);
    expect(progress.running.map(({ cell }) => cell.id)).toEqual([first.id]);
    expect(progress.finished.map(({ cell }) => cell.id)).toEqual([second.id, third.id]);
  });

  test('counts failed and diverged cells, and none of them is still running', () => {
    const record = failure(first, 'out of memory');
    const diverged = recordOf(second, { status: 'diverged', loss: null });
    const progress = fold([
      begun([], 2),
      starts(0, first.id),
      starts(0, second.id),
      [4, { type: 'cell-finished', id: first.id, record }],
      [5, { type: 'cell-finished', id: second.id, record: diverged }],
    ]);
    expect(progress.running).toEqual([]);
    expect(totalsText(progress, 61_000)).toBe('2/3 cells, 2 failed, 1:01');
  });

  test('counts a step of a small stage as less work than one of the target', () => {
    const cell = cellOf('stack', 0);
    const at = (count: number) =>
      fold([
        [0, { type: 'sweep-started', cells: plan.cells, cached: [], workers: 1 }],
        starts(0, cell.id),
        step(1, cell.id, count),
      ]).running[0]!.done;
    expect(at(6) / 6).toBeLessThan((at(10) - at(6)) / 4);
  });

  test('reaches all of the work when the last task has its score', () => {
    const cell = cellOf('full', 0);
    const started: Timed = [0, { type: 'sweep-started', cells: plan.cells, cached: [], workers: 1 }];
    const pretrained = fold([started, starts(0, cell.id), step(1, cell.id, 10)]);
    const half = fold([tells(2, cell.id, { type: 'finetune', task: 'topic', step: 5, of: 10, loss: 1 })], pretrained);
    const scored = fold(
      [
        tells(3, cell.id, { type: 'score', task: 'topic', metrics: {} }),
        tells(4, cell.id, { type: 'score', task: 'span', metrics: {} }),
      ],
      half,
    );
    const shares = [pretrained, half, scored].map(({ running }) => running[0]!.done);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares[2]).toBeCloseTo(1, 12);
  });

  test('ignores news of a cell that is not running', () => {
    const progress = fold([begun()]);
    expect(fold([step(1, first.id, 3), ends(2, first)], progress)).toEqual(progress);
  });

  test('names the engine that was taken first', () => {
    const engine = (name: string): CellEvent => ({
      ...{ type: 'engine', name, device: 'cpu', versions: {}, why: '', threads: 1, repeatable: true },
    });
    const progress = fold([
      begun(),
      starts(0, first.id),
      tells(1, first.id, engine('a')),
      tells(2, first.id, engine('b')),
    ]);
    expect(progress.engine?.name).toBe('a');
  });
});
