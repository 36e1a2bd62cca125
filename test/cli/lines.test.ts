import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { canDraw, wantsColour } from '../../src/cli/terminal.ts';
import { openLines } from '../../src/cli/progress/plain.ts';
import type { SweepEvent } from '../../src/run/events.ts';
import type { CellEvent } from '../../src/run/record.ts';
import { cellOf, plan, recordOf } from '../report/records.ts';
import { stageNode, taskNode } from './nodes.ts';
import { recordedIo } from './recorded-io.ts';

describe('progress in a log', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 0 }));
  afterEach(() => void vi.useRealTimers());

  const [full, stack] = [cellOf('full', 0), cellOf('stack', 0)];
  const nodes = [
    ...[stageNode('small', [stack, full]), stageNode('whole', [stack], { index: 1, parent: 'small' })],
    taskNode('topic', stack, 'whole', 'topic'),
  ];
  const open = (env = {}) => {
    const io = recordedIo({ env });
    const display = openLines(io);
    display.show({ type: 'sweep-started', cells: plan.cells, cached: [], nodes, done: [], workers: 1 });
    const tell = (address: string, event: CellEvent) => {
      display.show({ type: 'node-event', address, event });
    };
    return { display, tell, lines: () => io.stderr.text.split('\n').filter((line) => line !== '') };
  };
  const show = (display: ReturnType<typeof openLines>, ...events: readonly SweepEvent[]) => {
    for (const event of events) display.show(event);
  };

  test('tells nodes, growth, scores and ends, each once, with the time since the start', () => {
    const { display, tell, lines } = open();
    show(display, { type: 'node-started', address: 'small' }, { type: 'node-finished', address: 'small', error: null });
    vi.advanceTimersByTime(1000);
    show(display, { type: 'node-started', address: 'whole' });
    const units = { ffn: 8, hidden: 8 };
    const growth = { afterStage: 0, step: 6, before: 6, after: 6.25, width: { before: units, after: units } };
    tell('whole', { type: 'grow', growth });
    tell('whole', { type: 'step', step: 7, of: 10, loss: 6 });
    show(display, { type: 'node-finished', address: 'whole', error: null }, { type: 'node-started', address: 'topic' });
    tell('topic', { type: 'score', task: 'topic', metrics: { accuracy: 0.5 } });
    show(display, { type: 'node-finished', address: 'topic', error: null });
    show(display, { type: 'cell-finished', id: stack.id, record: recordOf(stack, { loss: 5.5 }) });
    display.close();
    expect(lines()).toEqual([
      '[0:00] 4 cells, 3 nodes, sharing saves 25%, 1 worker',
      '[0:00] stack seed 0 stage 1/2 (+1 arm): 1 layer, hidden 8, FFN 16, length 16',
      '[0:01] stack seed 0 stage 2/2: 2 layers, hidden 8, FFN 16, length 16',
      '[0:01] stack seed 0: growth after step 6: loss 6.000 -> 6.250',
      '[0:01] stack seed 0 topic',
      '[0:01] stack seed 0: topic: accuracy 0.500',
      '[0:01] stack seed 0: done, loss 5.500 (1/4 cells, 3/3 nodes, 0:01)',
    ]);
  });

  test('tells what happens to a node beside its training', () => {
    const { display, lines } = open();
    show(display, { type: 'node-elsewhere', address: 'topic', host: 'far', pid: 7 });
    show(display, { type: 'node-started', address: 'small' });
    show(display, { type: 'node-retried', address: 'small', error: 'killed by SIGKILL\n  at all' });
    show(display, { type: 'node-finished', address: 'small', error: 'killed again' });
    display.close();
    expect(lines().filter((line) => !line.includes('layer'))).toEqual([
      expect.stringContaining('4 cells'),
      '[0:00] stack seed 0 topic: process 7 on far runs it',
      '[0:00] stack seed 0 stage 1/2 (+1 arm): killed by SIGKILL; trying again',
      '[0:00] stack seed 0 stage 1/2 (+1 arm): failed: killed again',
    ]);
  });

  test('is never silent for more than two seconds before the first step', () => {
    const { display, tell, lines } = open();
    show(display, { type: 'node-started', address: 'small' });
    tell('small', { type: 'prepare', what: 'corpus', done: 1, of: 4 });
    vi.advanceTimersByTime(6000);
    display.close();
    expect(lines().slice(2).length).toBeGreaterThanOrEqual(3);
    expect(lines().at(-1)).toContain('stack seed 0 stage 1/2 (+1 arm): preparing: corpus 25%');
  });

  test('is not silent while others run what is left, but when all has ended', () => {
    const { display, lines } = open();
    show(display, { type: 'node-elsewhere', address: 'small', host: 'far', pid: 7 });
    vi.advanceTimersByTime(4000);
    expect(lines().length).toBeGreaterThanOrEqual(4);
    show(display, { type: 'sweep-finished', interrupted: false, failed: 0 });
    const before = lines().length;
    vi.advanceTimersByTime(60_000);
    display.close();
    expect(lines()).toHaveLength(before);
  });

  test.each([
    ['ten seconds', {}, 10],
    ['half a minute in continuous integration', { CI: 'true' }, 30],
  ])('gives a sign of life every %s of training, and does not print every step', (_, env, longest) => {
    const { display, tell, lines } = open(env);
    show(display, { type: 'node-started', address: 'small' });
    for (let at = 1; at <= 60; at += 1) {
      tell('small', { type: 'step', step: at, of: 100, loss: 6 });
      vi.advanceTimersByTime(1000);
    }
    display.close();
    const signs = lines().filter((line) => line.includes('step'));
    expect(signs).toHaveLength(60 / longest);
    expect(signs.at(-1)).toMatch(/stack seed 0 stage 1\/2 \(\+1 arm\): step \d+\/100, loss 6\.000, 32 tokens\/s/);
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
