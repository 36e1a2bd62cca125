import { rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { entriesOf } from './files.ts';
import { graphOf } from './graph.ts';
import { readHolder } from './lease.ts';
import { nodeFolder, nodeLease, nodesFolder, storedNodes } from './node-store.ts';
import { planSweep } from './plan.ts';
import { isGone } from './process.ts';
import { readComparison } from './running.ts';
import { distinctCells, type Cell } from './spec.ts';
import { readRecords } from './store.ts';

/** What nodes have left for others to go on from: the state of a stage, or checkpoints of a node that was stopped. */
export interface KeptState {
  readonly path: string;
  readonly bytes: number;
}

/**
 * The states and checkpoints in a folder of results that no sweep needs that was begun there and is not finished, and
 * that no process is working on; by path. They save time where a later sweep shares a stage with an earlier one, and
 * can be made again.
 */
export async function sparedStates(results: string): Promise<KeptState[]> {
  const nodes = nodesFolder(results);
  const needed = await neededNodes(results);
  const found: KeptState[] = [];
  for (const address of await storedNodes(nodes)) {
    if (needed.has(address) || (await isRunning(nodes, address))) continue;
    found.push(...(await statesIn(nodeFolder(nodes, address))));
  }
  return found;
}

/** Removes what `sparedStates` found. What is said of a file goes first, so that half of it never counts as there. */
export async function removeStates(found: readonly KeptState[]): Promise<void> {
  for (const { path } of found) {
    const base = join(dirname(path), basename(path, TENSORS));
    await rm(`${base}.json`, { force: true });
    await rm(path, { force: true });
  }
}

const TENSORS = '.safetensors';

async function statesIn(folder: string): Promise<KeptState[]> {
  const names = (await entriesOf(folder)).flatMap(({ name }) => (name.endsWith(TENSORS) ? [name] : []));
  return Promise.all(
    names.map(async (name) => ({ path: join(folder, name), bytes: (await stat(join(folder, name))).size })),
  );
}

/** The addresses of all nodes of the cells that sweeps were begun for and that have not ended. */
async function neededNodes(results: string): Promise<Set<string>> {
  const folders = (await entriesOf(results)).filter((entry) => entry.isDirectory());
  const needed = new Set<string>();
  for (const entry of folders) {
    const folder = join(results, entry.name);
    const comparison = await readComparison(folder);
    if (comparison === null) continue;
    const cells = distinctCells(planSweep(comparison).cells);
    const records = await readRecords(
      folder,
      cells.map(({ id }) => id),
    );
    const isDone = ({ id }: Cell) => Boolean(records.get(id)?.result);
    const open = cells.filter((cell) => !isDone(cell));
    const { nodes } = graphOf(open, comparison.contents, { finished: cells.filter(isDone) });
    for (const address of nodes.keys()) needed.add(address);
  }
  return needed;
}

async function isRunning(nodes: string, address: string): Promise<boolean> {
  const holder = await readHolder(nodeLease(nodes, address));
  return holder !== null && !isGone(holder);
}
