import { cleanup, render } from 'ink-testing-library';
import { afterEach, describe, expect, test } from 'vitest';
import { frameOf } from '../../src/cli/progress/frame.ts';
import { eraseWrapped } from '../../src/cli/progress/resize.ts';
import { ASCII, glyphsFor, UNICODE } from '../../src/cli/progress/glyphs.ts';
import { NOTHING_YET, type Progress } from '../../src/cli/progress/progress.ts';
import { sparkline } from '../../src/cli/progress/sparkline.ts';
import { SweepView } from '../../src/cli/progress/sweep-view.tsx';
import type { Cell } from '../../src/run/spec.ts';
import { cellOf, failure, plan, recordOf, scores } from '../report/records.ts';
import { begun, ends, fold, stageNode, starts, step, taskNode, tells, type Timed } from './nodes.ts';

afterEach(cleanup);

/** 700 steps, of which the smaller model takes 420, of 32 sequences of 16 tokens. */
const enlarged = (cell: Cell): Cell => {
  const { settings } = cell;
  return { ...cell, settings: { ...settings, train: { ...settings.train, steps: 700, batch: 32 } } };
};
const full = enlarged(cellOf('full', 0));
const [stack, other] = [0, 1].map((seed) => enlarged(cellOf('stack', seed))) as [Cell, Cell];
const before = enlarged(cellOf('full', 1));
const cells = [full, stack, before, other];
const longError = `the worker process was killed by SIGKILL while ${'training '.repeat(20)}`;
const nodes = [
  ...[stageNode('a', [full]), taskNode('t', full, 'a', 'topic'), stageNode('b', [stack, full, other])],
  ...[stageNode('c', [stack], { index: 1, parent: 'b' }), stageNode('d', [other], { index: 1, parent: 'b' })],
];
const losses = [9, 8, 7.5, 7, 6.5, 6.2, 6, 5.9, 5.7, 5.4321];

/** A cell has ended, a stage that three cells need is half done, a task is under way and a stage starts. */
const events: readonly Timed[] = [
  begun(cells, nodes, { workers: 3 }),
  ...['a', 'b'].map((address) => starts(0, address)),
  tells(1, 'a', {
    ...{ type: 'engine', name: 'wasm', device: 'cpu, 1 thread', versions: {}, why: 'the only one' },
    ...{ threads: 1, repeatable: true },
  }),
  tells(2, 'b', { type: 'stage', stage: 0, of: 2, shape: plan.arms[0]!.stages[0]!.shape }),
  ...losses.map((loss, index) => step(3 + index, 'b', 21 * (index + 1), loss, 700)),
  ends(12, 'a'),
  [12, { type: 'cell-found', id: before.id, record: recordOf(before, { loss: 5.5, tasks: scores(0.61, 0.1) }) }],
  ...['t', 'd'].map((address) => starts(12, address)),
  ...[10, 20].map((at, index) =>
    tells(13 + index, 't', {
      type: 'finetune',
      task: 'topic',
      step: at,
      of: 90,
      loss: 1.5 - index / 4,
      share: at / 90,
    }),
  ),
];
const progress = fold(events);

const view = (shown: Progress, columns: number, more: { notice?: string; rows?: number } = {}, glyphs = UNICODE) => (
  <SweepView {...{ progress: shown, columns, glyphs, notice: '', rows: 24, ...more }} now={14_000} colour={false} />
);
const frame = (...props: Parameters<typeof view>) => render(view(...props)).lastFrame() ?? '';
/** Lines below what scrolls up. */
const redrawn = (...props: Parameters<typeof view>) =>
  frame(...props)
    .split('\n')
    .slice(2)
    .join('\n');
const widest = (text: string) => Math.max(...text.split('\n').map(({ length }) => length));

describe('the drawn progress', () => {
  test('shows running nodes, then the totals; finished cells and the engine stand above', () => {
    expect(frame(progress, 120)).toMatchInlineSnapshot(`
      "engine: wasm on cpu, 1 thread (the only one)
      ✓ full seed 1: done, loss 5.500, topic 50.0, span 10.0
      stack seed 0 +2 arms stage 1/2 █████───── 210/700 loss 5.432 ▇▅▃▃▂▂▂▂▁▁ 10.8k tokens/s 0:08 left
      full seed 0          topic     ██────────   20/90 loss 1.250 ▇▁           320 tokens/s 0:07 left
      stack seed 1         stage 2/2 starting
      1/4 cells, 1/5 nodes, sharing saves 29%, 0:14, about 0:22 left"
    `);
  });

  test('gives up the bar, words and some of the losses at 80 columns', () => {
    expect(redrawn(progress, 80)).toMatchInlineSnapshot(`
      "stack seed 0 +2 stage 1/2 210/700 loss 5.432 ▇▅▃▃▂▁ 10.8k tokens/s 0:08 left
      full seed 0     topic       20/90 loss 1.250 ▇▁       320 tokens/s 0:07 left
      stack seed 1    stage 2/2 starting
      1/4 cells, 1/5 nodes, sharing saves 29%, 0:14, about 0:22 left"
    `);
  });

  test('gives up the speed and what sharing saves at 60 columns', () => {
    expect(redrawn(progress, 60)).toMatchInlineSnapshot(`
      "stack seed 0 stage 1/2 210/700 loss 5.432 ▇▅▃▃▂▁ 0:08 left
      full seed 0  topic       20/90 loss 1.250 ▇▁     0:07 left
      stack seed 1 stage 2/2 starting
      1/4 cells, 1/5 nodes, 0:14, about 0:22 left"
    `);
  });

  test('keeps the step and the loss at 30 columns', () => {
    expect(redrawn(progress, 30)).toMatchInlineSnapshot(`
      "stack s0 210/700 loss 5.432
      full s0    20/90 loss 1.250
      stack s1 starting
      1/4 cells, about 0:22 left"
    `);
  });

  test('needs no more than ASCII', () => {
    expect(frame(progress, 80, {}, ASCII)).toMatchInlineSnapshot(`
      "engine: wasm on cpu, 1 thread (the only one)
      + full seed 1: done, loss 5.500, topic 50.0, span 10.0
      stack seed 0 +2 stage 1/2 210/700 loss 5.432 ^=--._ 10.8k tokens/s 0:08 left
      full seed 0     topic       20/90 loss 1.250 ^_       320 tokens/s 0:07 left
      stack seed 1    stage 2/2 starting
      1/4 cells, 1/5 nodes, sharing saves 29%, 0:14, about 0:22 left"
    `);
  });

  test.each([120, 80, 60, 40, 20, 10])('is never wider than %d columns, whatever a cell died of', (columns) => {
    const dead = fold([[15, { type: 'cell-finished', id: stack.id, record: failure(stack, longError) }]], progress);
    const lines = frame(dead, columns, { notice: longError }).split('\n');
    const drawn = lines.slice(lines.findIndex((line) => line.startsWith('✓')));
    expect(widest(drawn.join('\n'))).toBeLessThan(columns);
    expect(drawn[1]).toMatch(columns > 20 ? /^✗ stack seed 0: failed.*…$/ : /^✗ stac.*…$/);
  });

  test('counts the running nodes that a low terminal has no room for', () => {
    expect(frame(progress, 80, { rows: 6 })).toContain('\nand 2 more\n');
  });

  test('parts a long notice between words', () => {
    const notice = 'stopping after the step in progress; Ctrl-C again stops at once';
    expect(redrawn(progress, 40, { notice })).toContain(
      'stopping after the step in progress;\nCtrl-C again stops at once\n',
    );
  });

  test('says at once that something happens', () => {
    expect(frame(NOTHING_YET, 80)).toBe('reading records');
    expect(frame(fold(events.slice(0, 3)), 80)).toMatch(/^stack seed 0 .* starting$/m);
  });

  test('has no colours unless it is told to', () => {
    expect(frame(progress, 80)).not.toContain('\u001B');
  });
});

describe('a terminal that becomes narrower', () => {
  const shown = frameOf(progress, { notice: '', now: 14_000, columns: 120, rows: 24, glyphs: UNICODE });
  // Of four lines of 96, 96, 38 and 62 characters.
  const rowsAbove = (before: number, now: number, env = {}) =>
    eraseWrapped(shown, before, now, env).split('\u001B[1A').length - 1;

  test('has the rows erased that came by wrapping', () => {
    expect([120, 96, 95, 60, 30].map((now) => rowsAbove(120, now))).toEqual([0, 0, 2, 3, 9]);
  });

  test('has no more erased than was drawn at the width before', () => {
    expect(rowsAbove(60, 50)).toBe(3);
    expect(rowsAbove(60, 60)).toBe(0);
  });

  test.each([
    ['xterm', { XTERM_VERSION: 'XTerm(390)' }, 0],
    ['screen', { STY: '1.pts-0' }, 0],
    ['tmux in xterm', { XTERM_VERSION: 'XTerm(390)', TMUX: '/tmp/tmux' }, 3],
  ])('%s', (_, env, rows) => {
    expect(rowsAbove(120, 60, env)).toBe(rows);
  });
});

describe('what a terminal is drawn with', () => {
  test.each([
    ['UTF-8 by its language', { LANG: 'de_DE.UTF-8' }, UNICODE],
    ['UTF-8 by what goes before its language', { LC_ALL: 'C.utf8', LANG: 'C' }, UNICODE],
    ['another character set', { LANG: 'de_DE.ISO-8859-1' }, ASCII],
    ['no locale', {}, ASCII],
    ['none of UTF-8 where LC_ALL says so', { LC_ALL: 'C', LANG: 'en_US.UTF-8' }, ASCII],
    ["Linux's console, which has few signs", { LANG: 'en_US.UTF-8', TERM: 'linux' }, ASCII],
  ])('%s', (_, env, glyphs) => {
    expect(glyphsFor(env)).toBe(glyphs);
  });

  test('losses are bars between their lowest and their highest, the latest last', () => {
    expect(sparkline([100, 4, 3, 2, 1, 0], 5, UNICODE)).toBe('▇▅▃▂▁');
    expect(sparkline([2, 2], 5, UNICODE)).toBe('▁▁');
    expect(sparkline([1, 2, NaN], 5, UNICODE)).toBe('▁▇▇');
    expect(sparkline([], 5, UNICODE)).toBe('');
  });
});
