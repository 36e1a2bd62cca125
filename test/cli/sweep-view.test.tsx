import { cleanup, render } from 'ink-testing-library';
import { afterEach, describe, expect, test } from 'vitest';
import { cellLine } from '../../src/cli/progress/cell-line.ts';
import { advance, NOTHING_YET, type Progress } from '../../src/cli/progress/progress.ts';
import { SweepView } from '../../src/cli/progress/sweep-view.tsx';
import type { SweepEvent } from '../../src/run/events.ts';
import { cellOf, failure, plan, recordOf, scores } from '../report/records.ts';

afterEach(cleanup);

const [full, stack] = [cellOf('full', 0), cellOf('stack', 0)];
const longError = `the worker process was killed by SIGKILL while ${'training '.repeat(20)}`;
const events: readonly (readonly [number, SweepEvent])[] = [
  [0, { type: 'sweep-started', cells: plan.cells, cached: [], workers: 2 }],
  [0, { type: 'cell-started', id: full.id }],
  [0, { type: 'cell-started', id: stack.id }],
  [
    1,
    {
      type: 'cell-event',
      id: full.id,
      event: {
        ...{ type: 'engine', name: 'wasm', device: 'cpu, 1 thread', versions: {}, why: 'the only one' },
        ...{ threads: 1, repeatable: true },
      },
    },
  ],
  [
    2,
    {
      type: 'cell-event',
      id: stack.id,
      event: { type: 'stage', stage: 1, of: 2, shape: plan.arms[0]!.stages[0]!.shape },
    },
  ],
  [12, { type: 'cell-event', id: stack.id, event: { type: 'step', step: 6, of: 10, loss: 5.4321 } }],
  [20, { type: 'cell-finished', id: full.id, record: recordOf(full, { loss: 5.5, tasks: scores(0.61, 0.1) }) }],
];
const fold = (until: number): Progress =>
  events
    .filter(([seconds]) => seconds <= until)
    .reduce((progress, [seconds, event]) => advance(progress, event, 1000 * seconds), NOTHING_YET);

const view = (progress: Progress, columns: number, now: number, rows = 24) => (
  <SweepView progress={progress} notice="" now={1000 * now} columns={columns} rows={rows} colour={false} />
);
const frame = (...props: Parameters<typeof view>) => render(view(...props)).lastFrame() ?? '';
const widest = (text: string) => Math.max(...text.split('\n').map(({ length }) => length));

describe('the drawn progress', () => {
  test('shows running cells, then the totals; finished cells and the engine stand above', () => {
    const lines = frame(fold(20), 80, 22).split('\n');
    expect(lines[0]).toBe('engine: wasm on cpu, 1 thread (the only one)');
    expect(lines[1]).toBe('✓ full seed 0: done, loss 5.500, topic 50.0, span 10.0');
    expect(lines[2]).toMatch(/^stack s0 +█+─+ stage 2\/2 step 6\/10, loss 5\.432, \d+:\d\d left$/);
    expect(lines[3]).toMatch(/^1\/4 cells, 0:22, about \d+:\d\d left$/);
  });

  test.each([80, 60, 40, 20])('is never wider than %d columns, whatever a cell died of', (columns) => {
    const failed: SweepEvent = { type: 'cell-finished', id: stack.id, record: failure(stack, longError) };
    expect(widest(frame(fold(12), columns, 13).split('\n').slice(1).join('\n'))).toBeLessThan(columns);
    const lines = frame(advance(fold(12), failed, 15_000), columns, 15)
      .split('\n')
      .slice(1);
    expect(widest(lines.join('\n'))).toBeLessThan(columns);
    expect(lines[0]).toMatch(/^✗ stack.*…$/);
  });

  test('counts the running cells that a low terminal has no room for', () => {
    expect(frame(fold(12), 80, 13, 5)).toContain('… and 1 more');
  });

  test('says at once that something happens', () => {
    expect(frame(NOTHING_YET, 80, 0)).toBe('reading records');
    expect(frame(fold(0), 80, 0)).toContain('starting a worker');
  });

  test('has no colours unless it is told to', () => {
    expect(frame(fold(20), 80, 22)).not.toContain('\u001B');
  });
});

describe("a running cell's line", () => {
  const line = (columns: number) => {
    const { name, bar, text } = cellLine(fold(12).running[1]!, 13_000, columns);
    return name + bar + text;
  };

  test('gives up the time left first, then the stage, then the bar; never the step', () => {
    expect(line(79)).toMatch(/stage 2\/2 step 6\/10, loss 5\.432, .* left$/);
    expect(line(60)).toMatch(/█.* stage 2\/2 step 6\/10, loss 5\.432$/);
    expect(line(46)).toMatch(/█.*─ step 6\/10, loss 5\.432$/);
    expect(line(36)).toMatch(/^stack s0 +step 6\/10, loss 5\.432$/);
  });

  test.each([79, 60, 46, 36, 20, 10])('fits into %d columns', (columns) => {
    expect(line(columns).length).toBeLessThanOrEqual(columns);
  });
});
