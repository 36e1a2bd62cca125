import { existsSync } from 'node:fs';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { refusal } from '../errors.ts';
import { codeOf, entriesOf, readJson, writeWhole } from './files.ts';
import type { NodeResult, WorkNode } from './node.ts';
import type { Attempt, CellRecord, EngineRecord } from './record.ts';
import { sealed, unsealed } from './seal.ts';

/** What a finished node leaves behind besides its tensors. */
export interface NodeRecord {
  readonly format: 1;
  readonly node: WorkNode;
  readonly result: NodeResult;
  readonly engine: EngineRecord | null;
  readonly machine: CellRecord['machine'];
  /** UTC, ISO 8601. */
  readonly started: string;
  readonly finished: string;
  /** All that were made at it, the one that gave this record last. */
  readonly attempts: readonly Attempt[];
}

/**
 * The nodes of all sweeps whose results lie in one folder: `<results>/.nodes/<address>/`. Beside the results, not in a
 * cache: who puts results somewhere else has all of them computed anew.
 */
export const nodesFolder = (results: string): string => join(results, '.nodes');

/** Makes the folder of all nodes: its tensors are nobody's to commit. */
export async function prepareNodesFolder(nodes: string): Promise<void> {
  if (!existsSync(join(nodes, '.gitignore'))) await writeWhole(join(nodes, '.gitignore'), '*\n');
}

/** The folder of one node: its record, its state, its checkpoints and, while it runs, its progress. */
export const nodeFolder = (nodes: string, address: string): string => join(nodes, address);

/** Beside the folder, so that this can be removed while the lease is held. */
export const nodeLease = (nodes: string, address: string): string => join(nodes, `${address}.lease`);

/** What a failed node's worker said, in full. */
export const nodeLog = (nodes: string, address: string): string => join(nodeFolder(nodes, address), 'log.txt');

const RECORD = 'result.json';
const recordPath = (nodes: string, address: string): string => join(nodeFolder(nodes, address), RECORD);

/** Without waiting: behind the records that are being synced to disk an idle worker would wait longer than this takes. */
export const hasNodeRecord = (nodes: string, address: string): boolean => existsSync(recordPath(nodes, address));

/** The record of a node; null where there is none, or what is there is not whole: then it is as good as not done. */
export async function readNodeRecord(nodes: string, address: string): Promise<NodeRecord | null> {
  const value = await readJson(recordPath(nodes, address));
  const record = typeof value === 'object' && value !== null ? (unsealed(value) as Partial<NodeRecord> | null) : null;
  return record?.format === 1 && record.node?.address === address && record.result ? (record as NodeRecord) : null;
}

/**
 * Leaves a node's record; with it the node counts as done, and what would have helped to go on with it is removed. The
 * checkpoints of a stage that diverged stay: people want to look at them.
 */
export async function writeNodeRecord(nodes: string, record: NodeRecord): Promise<void> {
  const { address } = record.node;
  await writeWhole(recordPath(nodes, address), `${JSON.stringify(sealed(record))}\n`);
  const folder = nodeFolder(nodes, address);
  const isDone = !(record.result.kind === 'stage' && record.result.status === 'diverged');
  const helpers = (await readdir(folder)).filter((name) => isHelper(name, isDone));
  for (const name of helpers) await rm(join(folder, name), { force: true });
}

const CHECKPOINT = 'checkpoint-';
const isHelper = (name: string, withCheckpoints: boolean): boolean =>
  (withCheckpoints && name.startsWith(CHECKPOINT)) ||
  name === 'attempts.json' ||
  name === 'log.txt' ||
  name.endsWith('.tmp');

/** The addresses of all nodes that have a folder. */
export async function storedNodes(nodes: string): Promise<string[]> {
  return (await entriesOf(nodes)).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}

/** What is known of a state without reading it. */
export interface Kept {
  /** Whether Adam's moments are there too. */
  readonly keep: 'parameters' | 'all';
}

export const stateBase = (nodes: string, address: string): string => join(nodeFolder(nodes, address), 'state');

/** The state that a stage has left; null where there is none. Whether its bytes are right is seen when it is read. */
export async function keptState(nodes: string, address: string): Promise<Kept | null> {
  const base = stateBase(nodes, address);
  try {
    const note = JSON.parse(await readFile(`${base}.json`, 'utf8')) as { known: Kept; bytes: number };
    return (await stat(`${base}.safetensors`)).size === note.bytes ? note.known : null;
  } catch (error) {
    if (error instanceof SyntaxError || ['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return null;
    throw refusal(error, `${base}.json`) ?? error;
  }
}

/** How the checkpoint after so many steps of a node is called, without its ending. */
export const checkpointBase = (nodes: string, address: string, steps: number): string =>
  join(nodeFolder(nodes, address), `${CHECKPOINT}${steps}`);

/** The steps after which a node's folder has checkpoints, the last first. */
export async function checkpointSteps(nodes: string, address: string): Promise<number[]> {
  const entries = await entriesOf(nodeFolder(nodes, address));
  const steps = entries.flatMap(({ name }) => {
    const found = /^checkpoint-(\d+)\.json$/.exec(name)?.[1];
    return found === undefined ? [] : [Number(found)];
  });
  return steps.sort((a, b) => b - a);
}

/** Attempts at a node that left no record. */
const attemptsPath = (nodes: string, address: string): string => join(nodeFolder(nodes, address), 'attempts.json');

export const hasNodeAttempts = (nodes: string, address: string): boolean => existsSync(attemptsPath(nodes, address));

export const readNodeAttempts = async (nodes: string, address: string): Promise<readonly Attempt[]> =>
  ((await readJson(attemptsPath(nodes, address))) as readonly Attempt[] | null) ?? [];

export const keepNodeAttempts = (nodes: string, address: string, attempts: readonly Attempt[]): Promise<void> =>
  writeWhole(attemptsPath(nodes, address), `${JSON.stringify(attempts)}\n`);
