import type { ClaimedNode } from './node-queue.ts';
import { ProgressFile } from './node-progress.ts';
import { keepNodeAttempts, nodeLog } from './node-store.ts';
import type { NodeWork } from './node.ts';
import type { Attempt } from './record.ts';
import { writeWhole } from './files.ts';
import type { Tried, WorkerOptions, WorkerProcess } from './worker-process.ts';

/** A node whose worker has ended with it, but which is still ours. */
export interface EndedNode {
  readonly claimed: ClaimedNode;
  readonly progress: ProgressFile;
  /** How the last attempt ended. */
  readonly tried: Tried;
  readonly attempts: readonly Attempt[];
}

export interface Trying extends Pick<WorkerOptions, 'onEvent'> {
  /** The folder of all nodes. */
  readonly nodes: string;
  /** Further attempts at a node that fails; without it, one where its worker was killed by a signal, else none. */
  readonly retries?: number;
}

/** Runs a node that is ours until it is done, out of attempts or stopped; attempts that came to nothing are kept. */
export async function runClaimed(
  claimed: ClaimedNode,
  work: NodeWork,
  worker: WorkerProcess,
  { nodes, onEvent, retries }: Trying,
): Promise<EndedNode> {
  const { address } = work.node;
  const progress = new ProgressFile(nodes, address);
  const attempts = [...claimed.before];
  onEvent({ type: 'node-started', address });
  for (let count = 1; ; count += 1) {
    const tried = await worker.run(work, progress);
    attempts.push(tried.attempt);
    const ended = { claimed, progress, tried, attempts };
    if (tried.end === 'done') return ended;
    await keepNodeAttempts(nodes, address, attempts);
    if (tried.end === 'stopped' || tried.end === 'parent lost') return ended;
    await writeWhole(nodeLog(nodes, address), logText(tried.error, tried.said));
    const most = 1 + (retries ?? (tried.attempt.end === 'killed' ? 1 : 0));
    if (count >= most) return ended;
    onEvent({ type: 'node-retried', address, error: tried.error });
  }
}

const logText = (error: string, said: string): string =>
  said === '' ? `${error}\n` : `${error}\n\nWhat the worker wrote to stderr:\n${said}\n`;
