import { join } from 'node:path';
import { openEngine, type Opening } from '../engine/choose.ts';
import type { Engine } from '../engine/engine.ts';
import type { FinetuningNode, NodeResult, NodeWork, StageNode, StageResult } from '../run/node.ts';
import { planStages } from '../run/plan.ts';
import type { Trainer, TrainerContext } from '../run/record.ts';
import { checkpointSteps } from '../run/node-store.ts';
import { tasks } from '../tasks/index.ts';
import { nodeCheckpoints, type Checkpoints } from './checkpoints.ts';
import { evaluateFinal } from './evaluation.ts';
import { finetune } from './finetune.ts';
import { readState, writeState } from './node-state.ts';
import { corpusOpener, type OpenCorpus } from './open-corpus.ts';
import { endPoint, pretrainStage, type Before } from './pretrain.ts';
import type { CellRun } from './run.ts';
import { saveModel } from './save-model.ts';
import type { StagePoint } from './stage.ts';
import type { TensorFile } from './tensor-file.ts';
import type { TuningPoint } from './tuning-point.ts';

/** The trainer on the engine that was settled on. Throws what the engine throws where it does not open. */
export async function openTrainer(name: Engine['name'], opening: Opening = {}): Promise<Trainer> {
  const { engine, why } = await openEngine(name, opening);
  const { device, versions, threads, repeatable } = engine;
  const openCorpus = corpusOpener();
  return {
    run: (work, context, onEvent, signal) => {
      onEvent({ type: 'engine', name, device, versions, why, threads, repeatable });
      return runNode({ engine, cell: work.cell, onEvent, signal }, work, context, openCorpus);
    },
  };
}

/**
 * Runs one node of a cell. Throws a ParentLost where what it goes on from cannot be read, and a UserError where what it
 * leaves cannot be written; rejects with the signal's reason when stopped.
 */
export async function runNode(
  run: CellRun,
  { node, cells, before, head, keep }: NodeWork,
  context: TrainerContext,
  openCorpus: OpenCorpus,
): Promise<NodeResult> {
  const { nodes, models, predictions, checkpointEvery } = context;
  switch (node.kind) {
    case 'stage': {
      const from = before === null ? null : { result: before, state: () => readState(nodes, node.parent!) };
      return runStage({ ...run, corpus: await openCorpus(run, context) }, node, from, { head, keep }, context);
    }
    case 'evaluation':
      return evaluateFinal({ ...run, corpus: await openCorpus(run, context) }, await readState(nodes, node.parent));
    case 'finetuning': {
      const state = await readState(nodes, node.parent);
      const { shape } = planStages(run.cell.settings).at(-1)!;
      const folders = predictions === null ? [] : cells.map((id) => join(predictions, id));
      const checkpoints = nodeCheckpoints<TuningPoint>(nodes, node.address, checkpointEvery);
      return { kind: 'finetuning', ...(await finetune(run, taskOf(node), { shape, state }, folders, checkpoints)) };
    }
    case 'saving': {
      const state = await readState(nodes, node.parent);
      if (models !== null) await saveModel(join(models, run.cell.id), run.cell.settings, state);
      return { kind: 'saving' };
    }
  }
}

async function runStage(
  run: Parameters<typeof pretrainStage>[0],
  { address, index, head: headAddress }: StageNode,
  before: Before | null,
  { head, keep }: Pick<NodeWork, 'head' | 'keep'>,
  { nodes, checkpointEvery }: TrainerContext,
): Promise<StageResult> {
  // Longer, it would have come to the same.
  if (head?.status === 'diverged') return head;
  const own = nodeCheckpoints<StagePoint>(nodes, address, checkpointEvery);
  const checkpoints: Checkpoints<StagePoint> = {
    ...own,
    last: async () => (await own.last()) ?? (head === null ? null : await endOf(nodes, headAddress!, head)),
  };
  const { result, state } = await pretrainStage(run, index, before, checkpoints);
  if (state !== null) await writeState(nodes, address, state, keep);
  const [last] = state === null ? await checkpointSteps(nodes, address) : [];
  return last === undefined ? result : { ...result, checkpoint: `${address}/checkpoint-${last}.safetensors` };
}

/** The end of a stage as a checkpoint of the same stage made longer. */
const endOf = async (nodes: string, address: string, result: StageResult): Promise<TensorFile<StagePoint>> => ({
  tensors: await readState(nodes, address),
  known: endPoint(result),
});

function taskOf({ task: name }: FinetuningNode) {
  const task = tasks.find((candidate) => candidate.name === name);
  if (task === undefined) throw new Error(`no task is called ${name}`);
  return task;
}
