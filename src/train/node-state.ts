import { ParentLost } from '../errors.ts';
import type { HostTensors } from '../engine/engine.ts';
import { checkpointBase, checkpointSteps, stateBase, type Kept } from '../run/node-store.ts';
import { isMoment } from './adamw.ts';
import { readTensors, removeTensors, writeTensors, type TensorFile } from './tensor-file.ts';

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
  await removeTensors(base);
  throw new ParentLost(`${base}.safetensors is gone or damaged`, 'The stage that left it is run again.');
}

/** Checkpoints of a node that are kept: were the last cut off by a crash, the one before it would do. */
const KEPT_CHECKPOINTS = 2;

/** Leaves a checkpoint after `point.done` steps of a node, and removes those before the last two. */
export async function writeCheckpointAt(
  nodes: string,
  address: string,
  tensors: HostTensors,
  point: { readonly done: number },
): Promise<void> {
  await writeTensors(checkpointBase(nodes, address, point.done), tensors, point);
  for (const steps of (await checkpointSteps(nodes, address)).slice(KEPT_CHECKPOINTS)) {
    await removeTensors(checkpointBase(nodes, address, steps));
  }
}

/**
 * The last checkpoint of a node that is whole and fits; null where there is none. Those after it are removed: they would
 * be taken for later than what goes on from it.
 */
export async function lastCheckpoint<Point>(
  nodes: string,
  address: string,
  fits: (found: TensorFile<Point>) => boolean = () => true,
): Promise<TensorFile<Point> | null> {
  for (const steps of await checkpointSteps(nodes, address)) {
    const base = checkpointBase(nodes, address, steps);
    const found = await readTensors<Point>(base);
    if (found !== null && fits(found)) return found;
    await removeTensors(base);
  }
  return null;
}
