import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { checkpointFiles } from '../checkpoint/files.ts';
import { UserError } from '../errors.ts';
import { CORPORA } from './corpora.ts';
import { fileDigest, type FileWatch } from './file-digest.ts';
import { codeOf } from './files.ts';
import type { Arm, Comparison } from './spec.ts';
import { userFiles } from './task-files.ts';

/** How the reading of files is watched and stopped. */
export interface Reading {
  /** Told the bytes that are read, of all there are, as they are read. */
  readonly onProgress?: ((done: number, of: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * SHA-256 of every file that the arms read text from and of every checkpoint that they start from, by path, and of the
 * data of every task, by dataKey: a cell is named by what is in a file, not by where it lies, so that changed text is
 * not taken for text that was trained on.
 * Every byte is read anew each time: a file that was changed may keep its size and its time, and a name that is wrong is
 * worse than a wait. Throws a UserError for a task's file that is not there, and `signal.reason` when stopped.
 */
export async function contentsOf(arms: readonly Arm[], reading: Reading = {}): Promise<Comparison['contents']> {
  const named: readonly string[] = CORPORA;
  const corpora = arms.flatMap(({ settings }) => settings.data.corpus).filter((entry) => !named.includes(entry));
  const tasks = (await Promise.all(arms.map(({ settings }) => userFiles(settings)))).flat();
  const files = new Map([...corpora.map((path) => [path, [path]] as const), ...(await checkpoints(arms)), ...tasks]);
  const digests: Record<string, string> = {};
  const watch = { ...reading, onBytes: await counting([...files.values()].flat(), reading) };
  // One after another: a corpus may be of more files than can be open at a time.
  for (const [key, paths] of files) digests[key] = await digestOf(paths, watch);
  return digests;
}

async function counting(paths: readonly string[], { onProgress }: Reading): Promise<(bytes: number) => void> {
  if (onProgress === undefined) return () => undefined;
  let [done, of] = [0, 0];
  // A file that is not there is told of where it is read.
  for (const path of paths) of += (await stat(path).catch(() => null))?.size ?? 0;
  return (bytes) => {
    done += bytes;
    onProgress(done, of);
  };
}

async function checkpoints(arms: readonly Arm[]): Promise<(readonly [folder: string, paths: readonly string[]])[]> {
  const folders = new Set(arms.flatMap(({ settings }) => settings.model.init.checkpoint ?? []));
  return Promise.all([...folders].map(async (folder) => [folder, await checkpointFiles(folder)] as const));
}

async function digestOf(paths: readonly string[], watch: FileWatch): Promise<string> {
  const single: string[] = [];
  for (const path of paths) single.push(await digestOfFile(path, watch));
  return single.length === 1 ? single[0]! : createHash('sha256').update(single.join(' ')).digest('hex');
}

async function digestOfFile(path: string, watch: FileWatch): Promise<string> {
  try {
    return await fileDigest(path, watch);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): unknown {
  const reasons: Readonly<Record<string, string>> = { ENOENT: 'there is no such file', EACCES: 'permission denied' };
  const reason = reasons[codeOf(error)];
  return reason === undefined
    ? error
    : new UserError(`${path} cannot be read: ${reason}`, 'Check the paths in data.', { cause: error });
}
