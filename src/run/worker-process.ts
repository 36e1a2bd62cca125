import type { ChildProcess } from 'node:child_process';
import { LIBRARY_CHATTER } from '../errors.ts';
import type { SweepEvent } from './events.ts';
import { machine } from './machine.ts';
import { hostLabel, hostName } from './process.ts';
import type { Attempt, CellEvent, CellRecord, CellResult, EngineRecord, TrainerContext } from './record.ts';
import type { ProgressFile } from './running.ts';
import type { Cell } from './spec.ts';
import type { WorkerReport, WorkerRequest } from './worker.ts';

/** Starts a worker process with an IPC channel and a piped stderr. Wired in bin/. */
export type Launch = () => ChildProcess;

export interface WorkerOptions {
  /** The folders that workers train with. */
  readonly context: TrainerContext;
  readonly launch: Launch;
  /** Stops after the step in progress; finished records stay. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: SweepEvent) => void;
}

/** One worker process at a time, started anew after a crash. */
export class WorkerProcess {
  readonly #options: WorkerOptions;
  #process: ChildProcess | null = null;
  /** The last of what the process wrote to stderr: why it died, if it does. */
  #stderr = '';

  constructor(options: WorkerOptions) {
    this.#options = options;
  }

  /** Tries a cell once; `progress` is told of what happens, as `onEvent` is. */
  async run(cell: Cell, progress: ProgressFile): Promise<Tried> {
    const child = this.#started();
    progress.begin(child.pid ?? null);
    const started = new Date().toISOString();
    const engines: EngineRecord[] = [];
    const { signal, context, onEvent } = this.#options;
    const stop = () => {
      send(child, { type: 'stop' });
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      send(child, { type: 'run', cell, context });
      const { end, result, error } = await this.#outcome(child, (event) => {
        if (event.type === 'engine') {
          const { name, device, versions, why, threads, repeatable } = event;
          engines.push({ name, device, versions, why, threads, repeatable });
        }
        progress.note(event);
        onEvent({ type: 'cell-event', id: cell.id, event });
      });
      const finished = new Date().toISOString();
      // A worker that dies while it is stopped, perhaps by the same signal, was stopped.
      const stopped = end === 'interrupted' || (signal.aborted && result === null);
      const attempt: Attempt = {
        ...{ host: hostLabel(hostName()), pid: child.pid ?? null, started, finished },
        ...(stopped ? { end: 'interrupted', why: null } : { end, why: error }),
      };
      if (stopped) return { record: null, attempt };
      const engine = engines.at(-1) ?? null;
      return { record: { format: 1, cell, result, error, engine, machine: machine(), started, finished }, attempt };
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Lets the process go; it ends by itself. */
  end(): void {
    if (this.#process?.connected) this.#process.disconnect();
    this.#process = null;
  }

  #started(): ChildProcess {
    if (this.#process !== null) return this.#process;
    const child = this.#options.launch();
    this.#stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-4000);
    });
    this.#process = child;
    return child;
  }

  #outcome(child: ChildProcess, onEvent: (event: CellEvent) => void): Promise<Outcome> {
    return new Promise((resolve) => {
      const finish = (outcome: Outcome) => {
        child.off('message', onMessage).off('close', onClose).off('error', onError);
        resolve(outcome);
      };
      const onMessage = (message: unknown) => {
        const report = message as WorkerReport;
        switch (report.type) {
          case 'event':
            onEvent(report.event);
            break;
          case 'done':
            finish({ end: 'done', result: report.result, error: null });
            break;
          case 'failed':
            finish({ end: 'failed', result: null, error: report.message });
            break;
          case 'stopped':
            finish({ end: 'interrupted', result: null, error: null });
            break;
        }
      };
      const died = (end: 'died' | 'killed', how: string) => {
        this.#process = null;
        const said = this.#stderr
          .split('\n')
          .filter((line) => !LIBRARY_CHATTER.test(line))
          .join('\n')
          .trim();
        finish({ end, result: null, error: `the worker process ${how}${said === '' ? '' : `:\n${said}`}` });
      };
      const onClose = (code: number | null, signalName: string | null) => {
        if (signalName === null) died('died', `ended with exit code ${code ?? 'unknown'}`);
        else died('killed', `was killed by ${signalName}`);
      };
      const onError = (error: Error) => {
        died('died', `could not be started: ${error.message}`);
      };
      child.on('message', onMessage).on('close', onClose).on('error', onError);
    });
  }
}

/** What came of one try: a record, unless it was stopped. */
export interface Tried {
  readonly record: CellRecord | null;
  readonly attempt: Attempt;
}

interface Outcome {
  readonly end: Attempt['end'];
  readonly result: CellResult | null;
  readonly error: string | null;
}

function send(child: ChildProcess, request: WorkerRequest): void {
  // A worker that has just died is found by its 'close' event; nothing is lost by not reaching it.
  if (child.connected) child.send(request, () => undefined);
}
