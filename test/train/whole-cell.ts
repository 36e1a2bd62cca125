import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostTensors } from '../../src/engine/engine.ts';
import { assembleResult } from '../../src/run/assemble.ts';
import { graphOf } from '../../src/run/graph.ts';
import { machine } from '../../src/run/machine.ts';
import { keptOf } from '../../src/run/needed.ts';
import type { NodeRecord } from '../../src/run/node-store.ts';
import type { NodeResult, StageResult, WorkNode } from '../../src/run/node.ts';
import type { CellResult } from '../../src/run/record.ts';
import { planStages } from '../../src/run/stages.ts';
import type { Checkpoints } from '../../src/train/checkpoints.ts';
import { evaluateFinal } from '../../src/train/evaluation.ts';
import { pretrainStage, type Before } from '../../src/train/pretrain.ts';
import type { Run } from '../../src/train/run.ts';
import { runNode } from '../../src/train/trainer.ts';

const at = '2026-01-01T00:00:00.000Z';
const recordOf = (node: WorkNode, result: NodeResult): NodeRecord => ({
  ...{ format: 1, node, result, engine: null, machine: machine(), started: at, finished: at, attempts: [] },
});

/** None are there, and none are left. */
export const noCheckpoints = <Point>(): Checkpoints<Point> => ({
  ...{ last: () => Promise.resolve(null), keep: () => Promise.resolve() },
});

export interface Pretrained extends CellResult {
  /** The whole state at the end; null where the run diverged. */
  readonly state: HostTensors | null;
}

/** All stages of a cell, one after another, without leaving anything on disk. */
export async function pretrain(run: Run): Promise<Pretrained> {
  const records: NodeRecord[] = [];
  let before: Before | null = null;
  let last: HostTensors | null = null;
  for (const index of planStages(run.cell.settings).keys()) {
    const { result, state }: Awaited<ReturnType<typeof pretrainStage>> = await pretrainStage(
      run,
      index,
      before,
      noCheckpoints(),
    );
    records.push(recordOf({ kind: 'stage', address: String(index), parent: null, index }, result));
    last = state;
    if (state === null) break;
    before = { result, state: () => Promise.resolve(state) };
  }
  const state = last;
  const { length } = planStages(run.cell.settings).at(-1)!.shape;
  if (state !== null && length !== run.cell.settings.data.length) {
    const node = { kind: 'evaluation', address: 'evaluation', parent: '' } as const;
    records.push(recordOf(node, await evaluateFinal(run, state)));
  }
  return { ...assembleResult(records), state };
}

/** All nodes of a cell as a sweep runs them, with their states on disk; the model is saved in `models`, if given. */
export async function runCell(
  run: Run,
  models: string | null = null,
  predictions: string | null = null,
): Promise<CellResult> {
  const nodes = await mkdtemp(join(tmpdir(), 'growbench-'));
  try {
    const graph = graphOf([run.cell], {}, { saving: models !== null });
    const records = new Map<string, NodeRecord>();
    for (const [address, own] of graph.nodes) {
      const { node } = own;
      const before = node.parent === null ? null : (records.get(node.parent)?.result as StageResult);
      const result = await runNode(
        run,
        { node, cell: run.cell, cells: [run.cell.id], before, head: null, keep: keptOf(own, graph) },
        { cache: nodes, nodes, models, predictions, checkpointEvery: 600 },
        () => Promise.resolve(run.corpus),
      );
      records.set(address, recordOf(node, result));
    }
    return assembleResult([...records.values()]);
  } finally {
    await rm(nodes, { recursive: true });
  }
}
