import { rm } from 'node:fs/promises';
import { ParentLost } from '../errors.ts';
import type { HostTensors } from '../engine/engine.ts';
import { checkpointBase, checkpointSteps, stateBase, type Kept } from '../run/node-store.ts';
import { isMoment } from './adamw.ts';
import type { StagePoint } from './stage.ts';
import { readTensors, writeTensors, type TensorFile } from './tensor-file.ts';

/** Leaves what goes on from a stage's node: its parameters, and Adam's moments where a stage follows. */
export function writeState(nodes: string, address: string, state: HostTensors, keep: Kept['keep']): Promise<void> {
  const kept = keep === 'all' ? state : new Map([...state].filter(([name]) => !isMoment(name)));
  const known: Kept = { keep };
  return writeTensors(stateBase(nodes, address), kept, known);
}

/** The state that a stage's node has left. Throws a ParentLost where it is gone or damaged: it can be made again. */
export async function readState(nodes: string, address: string): Promise<HostTensors> {
  const base = stateBase(nodes, address);
  const found = await readTensors<Kept>(base);
  if (found !== null) return found.tensors;
  // What is damaged must not be taken for there by whoever only looks.
  for (const ending of ['json', 'safetensors']) await rm(`${base}.${ending}`, { force: true });
  throw new ParentLost(`${base}.safetensors is gone or damaged`, 'The stage that left it is run again.');
}

/** Checkpoints of a node that are kept: were the last cut off by a crash, the one before it would do. */
const KEPT_CHECKPOINTS = 2;

/** Leaves a checkpoint after `point.done` steps of a stage, and removes those before the last two. */
export async function writeCheckpointAt(
  nodes: string,
  address: string,
  state: HostTensors,
  point: StagePoint,
): Promise<void> {
  await writeTensors(checkpointBase(nodes, address, point.done), state, point);
  for (const steps of (await checkpointSteps(nodes, address)).slice(KEPT_CHECKPOINTS)) {
    const base = checkpointBase(nodes, address, steps);
    // The note first: a file without it counts as not there.
    for (const ending of ['json', 'safetensors']) await rm(`${base}.${ending}`, { force: true });
  }
}

/** The last checkpoint of a stage that is whole; null where there is none. */
export async function lastCheckpoint(nodes: string, address: string): Promise<TensorFile<StagePoint> | null> {
  for (const steps of await checkpointSteps(nodes, address)) {
    const found = await readTensors<StagePoint>(checkpointBase(nodes, address, steps));
    if (found !== null) return found;
  }
  return null;
}
