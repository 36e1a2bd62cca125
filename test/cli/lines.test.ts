import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { canDraw, wantsColour } from '../../src/cli/progress/display.ts';
import { openLines } from '../../src/cli/progress/plain.ts';
import { cellOf, plan, recordOf } from '../report/records.ts';
import { recordedIo } from './recorded-io.ts';

describe('progress in a log', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 0 }));
  afterEach(() => void vi.useRealTimers());

  const cell = cellOf('stack', 0);
  const open = () => {
    const io = recordedIo();
    const display = openLines(io.stderr);
    display.show({ type: 'sweep-started', cells: plan.cells, cached: [], workers: 1 });
    display.show({ type: 'cell-started', id: cell.id });
    return { io, display, lines: () => io.stderr.text.split('\n').filter((line) => line !== '') };
  };

  test('tells growth, scores and ends, each once, with the time since the start', () => {
    const { display, lines } = open();
    const id = cell.id;
    vi.advanceTimersByTime(1000);
    const units = { ffn: 8, hidden: 8 };
    const growth = { afterStage: 0, step: 6, before: 6, after: 6.25, width: { before: units, after: units } };
    display.show({ type: 'cell-event', id, event: { type: 'grow', growth } });
    display.show({ type: 'cell-event', id, event: { type: 'score', task: 'topic', metrics: { accuracy: 0.5 } } });
    display.show({ type: 'cell-finished', id, record: recordOf(cell, { loss: 5.5 }) });
    display.close();
    expect(lines()).toEqual([
      '[0:00] 4 cells, 1 worker',
      '[0:00] stack seed 0: started',
      '[0:01] stack seed 0: growth after step 6: loss 6.000 -> 6.250',
      '[0:01] stack seed 0: topic: accuracy 0.500',
      '[0:01] stack seed 0: done, loss 5.500 (1/4 cells, 0:01)',
    ]);
  });

  test('is never silent for more than two seconds before the first step', () => {
    const { display, lines } = open();
    const prepare = { type: 'prepare', what: 'tokenizing wordnet', done: 1, of: 4 } as const;
    display.show({ type: 'cell-event', id: cell.id, event: prepare });
    vi.advanceTimersByTime(6000);
    display.close();
    expect(lines().slice(3).length).toBeGreaterThanOrEqual(3);
    expect(lines().at(-1)).toContain('stack seed 0 preparing: tokenizing wordnet 25%');
  });

  test('gives a sign of life every ten seconds of training, and does not print every step', () => {
    const { display, lines } = open();
    for (let step = 1; step <= 10; step += 1) {
      display.show({ type: 'cell-event', id: cell.id, event: { type: 'step', step, of: 10, loss: 6 } });
      vi.advanceTimersByTime(3000);
    }
    display.close();
    const signs = lines().filter((line) => line.includes('step'));
    expect(signs.length).toBeGreaterThanOrEqual(2);
    expect(signs.length).toBeLessThanOrEqual(3);
  });
});

describe('what stderr is', () => {
  const stderr = (columns: number | null) => recordedIo({ columns }).stderr;

  test.each([
    ['a terminal', 80, {}, true],
    ['a pipe', null, {}, false],
    ['a terminal in continuous integration', 80, { CI: 'true' }, false],
    ['a terminal that cannot move its cursor', 80, { TERM: 'dumb' }, false],
  ])('%s', (_, columns, env, drawable) => {
    expect(canDraw({ stderr: stderr(columns), env })).toBe(drawable);
  });

  test.each([
    ['colours on a terminal', 80, {}, true],
    ['none in a pipe', null, {}, false],
    ['none where NO_COLOR is set', 80, { NO_COLOR: '1' }, false],
    ['some in a pipe where FORCE_COLOR is set', null, { FORCE_COLOR: '1' }, true],
    ['none where both are set', 80, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
    ['as usual where NO_COLOR is empty', 80, { NO_COLOR: '' }, true],
  ])('%s', (_, columns, env, coloured) => {
    expect(wantsColour(stderr(columns), env)).toBe(coloured);
  });
});
