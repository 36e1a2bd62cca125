import { expect, test } from 'vitest';
import { runningReport } from '../../src/cli/status-report.ts';
import { statusText } from '../../src/cli/status-text.ts';
import type { CellEvent } from '../../src/run/record.ts';
import { cellOf, failure, plan, recordOf } from '../report/records.ts';
import { stageNode, taskNode } from './nodes.ts';

const [full, stack, last] = [cellOf('full', 0), cellOf('stack', 0), cellOf('stack', 1)];
const holder = { host: 'far', pid: 7, born: null, token: 'a', since: '2026-01-01T00:00:00.000Z' };
const { shape } = plan.arms[0]!.stages[0]!;
const step = (at: number, loss: number): CellEvent => ({ type: 'step', step: at, of: 10, loss });

/** The smaller model of both arms: steps 1 to 4 of its six took three seconds. */
const training: Parameters<typeof runningReport>[0] = {
  cell: stack,
  node: stageNode('s', [stack, full]),
  holder,
  progress: {
    ...{ pid: 12, started: 1_000_000, updated: 1_008_000 },
    first: { at: 1_005_000, event: step(1, 6.5) },
    events: [
      { type: 'prepare', what: 'corpus', done: 4, of: 4 },
      { type: 'stage', stage: 0, of: 2, shape },
      step(4, 6.25),
    ],
  },
};
const starting = { cell: full, node: taskNode('t', full, 's', 'topic'), holder, progress: null };

test('says what is done, runs, has failed and waits, and where to read more', () => {
  const text = statusText('results/depth', {
    plan,
    finished: [recordOf(full, {})],
    failed: [
      { ...failure(last, 'the worker died:\nout of memory'), log: 'results/nodes/s/log.txt' },
      { ...failure(cellOf('full', 1), 'killed'), log: null },
    ],
    running: [training, starting],
    waiting: [stack, last],
  });
  expect(text).toBe(
    [
      'depth (results/depth): 1 of 4 cells done, 2 nodes running, 2 failed, 2 waiting',
      '  running  stack seed 0 stage 1/2 (+1 arm): step 4/10, loss 6.250, 32 tokens/s, 0:02 left; process 12 on far',
      '  running  full seed 0 topic: starting; process 7 on far',
      '  failed   stack seed 1: the worker died: out of memory',
      '           log: results/nodes/s/log.txt',
      '  failed   full seed 1: killed',
      '  waiting  stack seeds 0, 1',
      '',
    ].join('\n'),
  );
});

test('tells the same of a running node in data', () => {
  expect(runningReport(training)).toEqual({
    ...{ id: stack.id, arm: 'stack', seed: 0, node: 'stage 1/2', cells: 2 },
    worker: { host: 'far', sweep: 7, pid: 12 },
    ...{ at: 'step 4/10, loss 6.250', step: 4, loss: 6.25, speed: 32, running: 8, left: 2 },
  });
});

test('knows nothing of a node in its first second', () => {
  const unknown = { step: null, loss: null, speed: null, running: null, left: null };
  expect(runningReport(starting)).toMatchObject({ node: 'topic', at: 'starting', ...unknown });
});
