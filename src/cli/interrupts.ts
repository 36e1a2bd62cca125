import type { ChildProcess } from 'node:child_process';
import { EXIT } from './exit.ts';
import type { Io } from './io.ts';

/** What a sweep does about Ctrl-C: the first stops it in good order, the second at once. */
export interface Interrupts {
  /** Aborted by the first. */
  readonly signal: AbortSignal;
  /** Resolves at the second, to the exit code; by then the workers have been killed. */
  readonly killed: Promise<number>;
  /** Remembers a worker, so that it does not outlive the second. */
  adopt(worker: ChildProcess): ChildProcess;
  dispose(): void;
}

/** Watches for interrupts until disposed. A reader of stdout that goes away counts as the first. */
export function watchInterrupts(io: Pick<Io, 'onInterrupt' | 'stdout'>): Interrupts {
  const stop = new AbortController();
  const workers = new Set<ChildProcess>();
  const { promise, resolve } = promiseOf<number>();
  const interrupt = () => {
    if (stop.signal.aborted) {
      for (const worker of workers) worker.kill('SIGKILL');
      resolve(EXIT.killed);
      return;
    }
    stop.abort();
  };
  const closed = () => {
    stop.abort();
  };
  const forget = io.onInterrupt(interrupt);
  io.stdout.on('error', closed);
  return {
    signal: stop.signal,
    killed: promise,
    adopt(worker) {
      workers.add(worker);
      worker.once('close', () => workers.delete(worker));
      return worker;
    },
    dispose() {
      forget();
      io.stdout.off('error', closed);
    },
  };
}

/** A promise with the function that resolves it. */
function promiseOf<Value>(): { readonly promise: Promise<Value>; readonly resolve: (value: Value) => void } {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
