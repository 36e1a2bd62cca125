import { ParentLost, refusal, UserError } from '../errors.ts';
import { STOP_SIGNALS } from './signals.ts';
import type { NodeResult, NodeWork } from './node.ts';
import type { CellEvent, Trainer, TrainerContext } from './record.ts';

/** From the executor to a worker. */
export type WorkerRequest =
  { readonly type: 'run'; readonly work: NodeWork; readonly context: TrainerContext } | { readonly type: 'stop' };

/** From a worker to the executor. */
export type WorkerReport =
  | { readonly type: 'event'; readonly event: CellEvent }
  | { readonly type: 'done'; readonly result: NodeResult }
  /** `message` is what a person is shown; a bug's has the stack. */
  | { readonly type: 'failed'; readonly message: string; readonly isParentLost: boolean }
  | { readonly type: 'stopped' };

/** The end of a pipe to whoever handed out the work. */
export interface Channel {
  send(report: WorkerReport): void;
  onRequest(listener: (request: WorkerRequest) => void): void;
  /** The other side is gone. */
  onClosed(listener: () => void): void;
}

/**
 * Runs nodes one after another as they are asked for, until told to stop or until the other side is gone. The
 * trainer is opened at the first node and kept: loading an engine costs about a second.
 */
export async function serveNodes(channel: Channel, openTrainer: () => Promise<Trainer>): Promise<void> {
  const stop = new AbortController();
  const trainer = lazily(openTrainer);
  await new Promise<void>((resolve) => {
    let running = Promise.resolve();
    const finish = () => {
      stop.abort(new Error('stopped'));
      void running.then(resolve);
    };
    channel.onClosed(finish);
    channel.onRequest((request) => {
      if (request.type === 'stop') finish();
      else running = running.then(() => serveNode(channel, trainer, request, stop.signal));
    });
  });
}

async function serveNode(
  channel: Channel,
  openTrainer: () => Promise<Trainer>,
  { work, context }: Extract<WorkerRequest, { type: 'run' }>,
  signal: AbortSignal,
): Promise<void> {
  try {
    const trainer = await openTrainer();
    const result = await trainer.run(
      work,
      context,
      (event) => {
        channel.send({ type: 'event', event });
      },
      signal,
    );
    channel.send({ type: 'done', result });
  } catch (error) {
    if (signal.aborted) channel.send({ type: 'stopped' });
    else channel.send({ type: 'failed', message: failureMessage(error), isParentLost: error instanceof ParentLost });
  }
}

function failureMessage(error: unknown): string {
  const mistake = error instanceof UserError ? error : refusal(error);
  if (mistake !== null) return `${mistake.message}\n${mistake.hint}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => (made ??= make());
}

/** The channel to the process that forked this one. Throws where nobody did. */
export function parentChannel(): Channel {
  if (process.send === undefined) {
    throw new UserError('"growbench worker" is started by growbench itself', 'Run "growbench sweep FILE" instead.');
  }
  // Ctrl-C reaches every process of a terminal's group, and Slurm's signals every process of a job; when to stop is the
  // parent's decision.
  for (const signal of STOP_SIGNALS) process.on(signal, () => undefined);
  return {
    send: (report) => {
      if (process.connected) process.send?.(report);
    },
    onRequest: (listener) => {
      process.on('message', (message) => {
        listener(message as WorkerRequest);
      });
    },
    onClosed: (listener) => {
      process.on('disconnect', listener);
    },
  };
}
