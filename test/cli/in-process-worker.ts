import type { ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import type { Trainer } from '../../src/run/record.ts';
import { serveNodes, type WorkerRequest } from '../../src/run/worker.ts';

/** A worker that looks like a child process to the executor, but runs the real worker loop here, with this trainer. */
export function inProcessWorker(trainer: Trainer): ChildProcess {
  const parent = new EventEmitter();
  const child = new EventEmitter();
  const close = () => {
    if (!worker.connected) return;
    worker.connected = false;
    child.emit('disconnect');
  };
  const worker = Object.assign(parent, {
    connected: true,
    killed: false,
    exitCode: null,
    signalCode: null,
    stderr: new PassThrough(),
    send(request: WorkerRequest) {
      queueMicrotask(() => child.emit('message', request));
      return true;
    },
    disconnect: close,
    kill() {
      worker.killed = true;
      worker.connected = false;
      parent.emit('close', null, 'SIGKILL');
      return true;
    },
  });
  void serveNodes(
    {
      send: (report) => {
        if (worker.connected) queueMicrotask(() => parent.emit('message', report));
      },
      onRequest: (listener) => child.on('message', listener),
      onClosed: (listener) => child.on('disconnect', listener),
    },
    () => Promise.resolve(trainer),
  );
  return worker as unknown as ChildProcess;
}
