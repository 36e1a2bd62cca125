import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { checkpointFiles } from '../checkpoint/files.ts';
import { UserError } from '../errors.ts';
import { CORPORA } from './corpora.ts';
import { codeOf } from './files.ts';
import type { Arm, Comparison } from './spec.ts';
import { userFiles } from './task-files.ts';

/**
 * SHA-256 of every file that the arms read text from and of every checkpoint that they start from, by path, and of the
 * data of every task, by dataKey: a cell is named by what is in a file, not by where it lies, so that changed text is
 * not taken for text that was trained on.
 * Throws a UserError for a task's file that is not there.
 */
export async function contentsOf(arms: readonly Arm[]): Promise<Comparison['contents']> {
  const named: readonly string[] = CORPORA;
  const corpora = arms.flatMap(({ settings }) => settings.data.corpus).filter((entry) => !named.includes(entry));
  const tasks = (await Promise.all(arms.map(({ settings }) => userFiles(settings)))).flat();
  const files = new Map([...corpora.map((path) => [path, [path]] as const), ...(await checkpoints(arms)), ...tasks]);
  const digests: Record<string, string> = {};
  // One after another: a corpus may be of more files than can be open at a time.
  for (const [key, paths] of files) digests[key] = await digestOf(paths);
  return digests;
}

async function checkpoints(arms: readonly Arm[]): Promise<(readonly [folder: string, paths: readonly string[]])[]> {
  const folders = new Set(arms.flatMap(({ settings }) => settings.model.init.checkpoint ?? []));
  return Promise.all([...folders].map(async (folder) => [folder, await checkpointFiles(folder)] as const));
}

async function digestOf(paths: readonly string[]): Promise<string> {
  const single: string[] = [];
  for (const path of paths) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash).catch((error: unknown) => {
      throw unreadable(path, error);
    });
    single.push(hash.digest('hex'));
  }
  return single.length === 1 ? single[0]! : createHash('sha256').update(single.join(' ')).digest('hex');
}

function unreadable(path: string, error: unknown): unknown {
  const reasons: Readonly<Record<string, string>> = { ENOENT: 'there is no such file', EACCES: 'permission denied' };
  const reason = reasons[codeOf(error)];
  return reason === undefined
    ? error
    : new UserError(`${path} cannot be read: ${reason}`, 'Check the paths in data.', { cause: error });
}
