import { describe, expect, test } from 'vitest';
import { nodeTimeLeft, sweepTimeLeft } from '../../src/cli/progress/estimate.ts';
import { tokensPerSecond } from '../../src/cli/progress/running-node.ts';
import { totalsText } from '../../src/cli/progress/totals.ts';
import { phaseText } from '../../src/cli/progress/wording.ts';
import { FITTING, type CellEvent } from '../../src/run/record.ts';
import type { Cell } from '../../src/run/spec.ts';
import { planStages } from '../../src/run/stages.ts';
import { cellOf, failure, recordOf } from '../report/records.ts';
import { planOf, tinySettings } from '../run/cells.ts';
import { begun, ends, fold, stageNode, starts, step, taskNode, tells, type Timed } from './nodes.ts';

/** Three cells alike, which train for ten steps of two sequences of 16 tokens and no tasks; a node each. */
const cells = planOf(['full'], [0, 1, 2]).cells;
const [first, second, third] = cells as [Cell, Cell, Cell];
const alike = cells.map((cell, index) => stageNode(`n${index}`, [cell]));
const all = (workers = 1, done: readonly string[] = []): Timed => begun(cells, alike, { workers, done });
const shape = planStages(tinySettings)[0]!.shape;
const stage = (seconds: number, address: string): Timed =>
  tells(seconds, address, { type: 'stage', stage: 0, of: 1, shape });

describe('the time left', () => {
  test('of a node is what the rest of its work takes at the speed since its first step', () => {
    const { running } = fold([all(), starts(0, 'n0'), stage(5, 'n0'), step(9, 'n0', 1), step(12, 'n0', 4)]);
    expect(nodeTimeLeft(running[0]!, 12_000)).toBeCloseTo(6000, 6);
  });

  test('of a node runs on between its events, and is never negative', () => {
    const { running } = fold([all(), starts(0, 'n0'), step(9, 'n0', 1), step(12, 'n0', 4)]);
    expect([14_000, 60_000].map((now) => Math.round(nodeTimeLeft(running[0]!, now)!))).toEqual([4000, 0]);
    expect(nodeTimeLeft(running[0]!, 0)).toBeCloseTo(6000, 6);
  });

  test('of a node that goes on where it was stopped is that of its own steps', () => {
    const { running } = fold([all(), starts(0, 'n0'), step(1, 'n0', 8), step(3, 'n0', 9)]);
    expect(nodeTimeLeft(running[0]!, 3000)).toBeCloseTo(2000, 6);
  });

  test('of a last stage counts the steps that stages before it left over', () => {
    const cell = cellOf('stack', 0);
    const late = begun([cell], [stageNode('s', [cell], { index: 1, parent: 'p' })]);
    // Planned from step 6 on, it runs from step 2 to 10.
    const { running } = fold([late, starts(0, 's'), step(1, 's', 3), step(2, 's', 4)]);
    expect(nodeTimeLeft(running[0]!, 2000)).toBeCloseTo(6000, 6);
  });

  test('of a sweep is the rest of all nodes, shared out among the workers', () => {
    const one = [all(), starts(0, 'n0'), ends(10, 'n0'), starts(10, 'n1')];
    expect(sweepTimeLeft(fold(one), 10_000)).toBeCloseTo(20_000, 6);
    const two = fold([all(2), ...one.slice(1), starts(10, 'n2')]);
    expect(sweepTimeLeft(two, 10_000)).toBeCloseTo(10_000, 6);
  });

  test('of a sweep does not count nodes that were done before, nor opening the engine and reading the text', () => {
    const progress = fold([
      all(1, ['n2']),
      starts(0, 'n0'),
      tells(60, 'n0', { type: 'prepare', what: 'corpus', done: 4, of: 4 }),
      ends(70, 'n0'),
    ]);
    expect(sweepTimeLeft(progress, 70_000)).toBeCloseTo(10_000, 6);
  });

  test('of a sweep is never shorter than that of its slowest running node', () => {
    const progress = fold([
      all(2, ['n2']),
      ...['n0', 'n1'].flatMap((address) => [starts(0, address), step(0, address, 0)]),
      step(10, 'n0', 9),
      step(10, 'n1', 1),
    ]);
    expect(sweepTimeLeft(progress, 10_000)).toBeCloseTo(90_000, 6);
  });

  test('of a sweep is that of what must follow one another, however many workers there are', () => {
    const chain = [
      ...[stageNode('a', [first]), stageNode('b', [first], { index: 1, parent: 'a' })],
      taskNode('c', first, 'b', 'topic', 2),
      stageNode('d', [second]),
    ];
    const progress = fold([begun(cells, chain, { workers: 8 }), starts(0, 'a'), step(0, 'a', 0), step(5, 'a', 5)]);
    // Half of a, then b, then c, at ten seconds a unit of work; d is done meanwhile.
    expect(sweepTimeLeft(progress, 5000)).toBeCloseTo(35_000, 6);
  });

  test('of a sweep gives each task its own speed, since its work is an estimate', () => {
    const nodes = [
      ...[stageNode('a', [first]), stageNode('b', [second])],
      ...[taskNode('c', first, 'a', 'topic'), taskNode('d', second, 'b', 'topic')],
      taskNode('e', third, 'a', 'topic'),
    ];
    const ran = [starts(0, 'a'), ends(10, 'a'), starts(10, 'c'), ends(13, 'c')];
    expect(sweepTimeLeft(fold([begun(cells, nodes), ...ran]), 13_000)).toBeCloseTo(16_000, 6);
  });

  test('of a sweep leaves out what only a cell that failed would have needed', () => {
    const nodes = [...alike, taskNode('t', first, 'n0', 'topic', 50)];
    const failed: Timed = [10, { type: 'cell-finished', id: first.id, record: failure(first, 'lost') }];
    const progress = fold([begun(cells, nodes), starts(0, 'n0'), step(0, 'n0', 0), step(8, 'n0', 8)]);
    expect(sweepTimeLeft(progress, 8000)).toBeGreaterThan(500_000);
    const after = fold(
      [ends(10, 'n0', 'lost'), failed, starts(10, 'n1'), step(10, 'n1', 0), step(12, 'n1', 2)],
      progress,
    );
    expect(sweepTimeLeft(after, 12_000)).toBeCloseTo(18_000, 6);
  });

  test.each([
    ['before anything is known', []],
    ['before the first step', [all(), starts(0, 'n0')]],
    ['at the first step', [all(), starts(0, 'n0'), stage(0, 'n0'), step(0, 'n0', 0)]],
    ['where all events come at once', [all(), starts(0, 'n0'), step(0, 'n0', 1), step(0, 'n0', 9)]],
    [
      'where the work is not known',
      [begun(cells, [stageNode('n0', [first], { work: 0 })]), starts(0, 'n0'), ends(9, 'n0')],
    ],
  ])('is unknown %s, rather than a wild number', (_, events: readonly Timed[]) => {
    const progress = fold(events);
    expect(sweepTimeLeft(progress, 0)).toBeNull();
    expect(totalsText(progress, 0)).not.toMatch(/left|NaN|-/);
  });

  test('is nothing once the sweep has ended', () => {
    const progress = fold([all(), [9, { type: 'sweep-finished', interrupted: true, failed: 0 }]]);
    expect(sweepTimeLeft(progress, 9000)).toBe(0);
    expect(progress.ended).toBe('interrupted');
  });
});

describe('the progress of a sweep', () => {
  test('lists running nodes as they started and finished cells as they ended', () => {
    const finished = (seconds: number, cell: Cell): Timed => [
      seconds,
      { type: 'cell-finished', id: cell.id, record: recordOf(cell, {}) },
    ];
    const progress = fold([
      all(3),
      ...['n2', 'n0', 'n1'].map((address) => starts(0, address)),
      ...[ends(5, 'n1'), finished(5, second), ends(6, 'n2'), finished(6, third)],
    ]);
    expect(progress.running.map(({ cell }) => cell.id)).toEqual([first.id]);
    expect(progress.finished.map(({ cell }) => cell.id)).toEqual([second.id, third.id]);
    expect(progress.nodes).toEqual({ count: 3, done: 2 });
  });

  test('counts failed and diverged cells', () => {
    const progress = fold([
      all(2),
      ...[starts(0, 'n0'), starts(0, 'n1'), ends(4, 'n0', 'out of memory')],
      [4, { type: 'cell-finished', id: first.id, record: failure(first, 'out of memory') }],
      ends(5, 'n1'),
      [5, { type: 'cell-finished', id: second.id, record: recordOf(second, { status: 'diverged', loss: null }) }],
    ]);
    expect(progress.running).toEqual([]);
    expect(totalsText(progress, 61_000)).toBe('2/3 cells, 2 failed, 1/3 nodes, 1:01, about 0:05 left');
  });

  test('counts what several cells need once, and says what that saves', () => {
    // 3 units of work for all and 1 for each: 6 of 12 are done.
    const nodes = [stageNode('shared', cells, { work: 3 }), ...alike];
    expect(fold([begun(cells, nodes)]).saved).toBeCloseTo(0.5, 12);
    expect(totalsText(fold([begun(cells, nodes)]), 0)).toContain('sharing saves 50%');
  });

  test('counts nodes of other processes when they are found done', () => {
    const elsewhere: Timed = [1, { type: 'node-elsewhere', address: 'n1', host: 'b', pid: 7 }];
    const progress = fold([all(), starts(0, 'n0'), elsewhere, [4, { type: 'node-found', address: 'n1' }]]);
    expect(progress.nodes).toEqual({ count: 3, done: 1 });
    expect(progress.waiting.map(({ node }) => node.address)).toEqual(['n2']);
  });

  test('starts a node anew that is tried again', () => {
    const retried: Timed = [9, { type: 'node-retried', address: 'n0', error: 'killed' }];
    const { running } = fold([all(), starts(0, 'n0'), step(2, 'n0', 1), step(8, 'n0', 7), retried]);
    expect(running).toEqual(fold([all(), starts(9, 'n0')]).running);
  });

  test('ignores news of a node that is not running', () => {
    const progress = fold([all()]);
    expect(fold([step(1, 'n0', 3), step(1, 'nowhere', 3), ends(2, 'nowhere'), starts(3, 'nowhere')], progress)).toEqual(
      progress,
    );
  });

  test('names the engine that was taken first', () => {
    const engine = (name: string): CellEvent => ({
      ...{ type: 'engine', name, device: 'cpu', versions: {}, why: '', threads: 1, repeatable: true },
    });
    const progress = fold([all(), starts(0, 'n0'), tells(1, 'n0', engine('a')), tells(2, 'n0', engine('b'))]);
    expect(progress.engine?.name).toBe('a');
  });
});

describe('the speed of a stage', () => {
  const speed = (events: readonly Timed[]) => tokensPerSecond(fold([all(), starts(0, 'n0'), ...events]).running[0]!);

  test('is its steps by the tokens of their sequences, over the last seconds', () => {
    // Two sequences of 16 tokens a step.
    expect(speed([step(1, 'n0', 1), step(3, 'n0', 5)])).toBeCloseTo((32 * 4) / 2, 9);
    // A slow start of half a minute is forgotten.
    expect(speed([step(0, 'n0', 1), step(30, 'n0', 2), step(36, 'n0', 5), step(42, 'n0', 8)])).toBeCloseTo(16, 9);
  });

  test('is unknown with one step, and while a growth is fitted, whose steps are others', () => {
    const fits = tells(1, 'n0', { type: 'prepare', what: FITTING, done: 3, of: 9 });
    expect(speed([step(1, 'n0', 1)])).toBeNull();
    expect(speed([fits, tells(2, 'n0', { type: 'prepare', what: FITTING, done: 9, of: 9 })])).toBeNull();
    expect(speed([fits, stage(3, 'n0'), step(5, 'n0', 1), step(6, 'n0', 3)])).toBeCloseTo(64, 9);
  });
});

describe('a fine-tuning', () => {
  const node = taskNode('t', first, 'p', 'topic');
  const { batch, length } = first.settings.finetune;
  const learns = (seconds: number, at: number, share: number): Timed =>
    tells(seconds, 't', { type: 'finetune', task: 'topic', step: at, of: 20, loss: 1, share });
  const answers = (seconds: number, done: number, share: number): Timed =>
    tells(seconds, 't', { type: 'predict', task: 'topic', done, of: 4, share });
  const after = (...events: readonly Timed[]) => fold([begun([first], [node]), starts(0, 't'), ...events]).running[0]!;

  test('says how much it has answered once it has learned, and how long the rest takes', () => {
    const own = after(learns(1, 1, 0.05), learns(8, 10, 0.4), answers(9, 1, 0.425), answers(11, 3, 0.45));
    expect(phaseText(own)).toBe('predicting 75%');
    expect(tokensPerSecond(own)).toBeNull();
    // Of its work 0.4 took ten seconds.
    expect(nodeTimeLeft(own, 11_000)).toBeCloseTo((10_000 * 0.55) / 0.4, 6);
  });

  test('has the speed of its steps, however long a run before them was answering', () => {
    const own = after(learns(1, 10, 0.4), answers(2, 1, 0.425), answers(8, 4, 0.5), learns(9, 11, 0.55));
    expect(tokensPerSecond(own)).toBeNull();
    const later = after(learns(1, 10, 0.4), answers(8, 4, 0.5), learns(9, 11, 0.55), learns(11, 15, 0.75));
    expect(tokensPerSecond(later)).toBeCloseTo((batch * length * 4) / 2, 9);
  });
});

test('the fitting of a growth is a part of its stage, by its FLOPs', () => {
  const ligo = { operator: 'ligo-depth', settings: { layers: 1, steps: 30, rate: 0.03 } };
  const schedule = [
    { share: 0.5, reductions: { depth: ligo } },
    { share: 0.5, reductions: {} },
  ];
  const cell: Cell = { ...first, settings: { ...tinySettings, schedule } };
  const { fit, flops } = planStages(cell.settings)[1]!;
  const node = stageNode('s', [cell], { index: 1, parent: 'p' });
  const fits = (seconds: number, done: number) => tells(seconds, 's', { type: 'prepare', what: FITTING, done, of: 30 });
  const shares = [fits(1, 15), fits(2, 30), step(3, 's', 10)].map(
    (_, index, events) =>
      fold([begun([cell], [node]), starts(0, 's'), ...events.slice(0, index + 1)]).running[0]!.marks.at(-1)!.share,
  );
  const whole = fit!.flops / (fit!.flops + flops);
  expect(shares[0]).toBeCloseTo(whole / 2, 12);
  expect(shares[1]).toBeCloseTo(whole, 12);
  expect(shares[2]).toBeCloseTo(1, 12);
});
