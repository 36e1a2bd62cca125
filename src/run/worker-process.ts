import type { ChildProcess } from 'node:child_process';
import { LIBRARY_CHATTER } from '../errors.ts';
import type { SweepEvent } from './events.ts';
import { machine } from './machine.ts';
import type { CellEvent, CellRecord, CellResult, EngineRecord, TrainerContext } from './record.ts';
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

  /** The cell's record, or null if it was stopped. */
  async run(cell: Cell): Promise<CellRecord | null> {
    const child = this.#started();
    const started = new Date().toISOString();
    const engines: EngineRecord[] = [];
    const { signal, context, onEvent } = this.#options;
    const stop = () => {
      send(child, { type: 'stop' });
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      send(child, { type: 'run', cell, context });
      const outcome = await this.#outcome(child, (event) => {
        if (event.type === 'engine') {
          const { name, device, versions, why, threads, repeatable } = event;
          engines.push({ name, device, versions, why, threads, repeatable });
        }
        onEvent({ type: 'cell-event', id: cell.id, event });
      });
      if (outcome === null || (signal.aborted && outcome.result === null)) return null;
      const finished = new Date().toISOString();
      return { format: 1, cell, ...outcome, engine: engines.at(-1) ?? null, machine: machine(), started, finished };
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

  #outcome(child: ChildProcess, onEvent: (event: CellEvent) => void): Promise<Outcome | null> {
    return new Promise((resolve) => {
      const finish = (outcome: Outcome | null) => {
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
            finish({ result: report.result, error: null });
            break;
          case 'failed':
            finish({ result: null, error: report.message });
            break;
          case 'stopped':
            finish(null);
            break;
        }
      };
      const died = (how: string) => {
        this.#process = null;
        const said = this.#stderr
          .split('\n')
          .filter((line) => !LIBRARY_CHATTER.test(line))
          .join('\n')
          .trim();
        finish({ result: null, error: `the worker process ${how}${said === '' ? '' : `:\n${said}`}` });
      };
      const onClose = (code: number | null, signalName: string | null) => {
        died(signalName === null ? `ended with exit code ${code ?? 'unknown'}` : `was killed by ${signalName}`);
      };
      const onError = (error: Error) => {
        died(`could not be started: ${error.message}`);
      };
      child.on('message', onMessage).on('close', onClose).on('error', onError);
    });
  }
}

interface Outcome {
  readonly result: CellResult | null;
  readonly error: string | null;
}

function send(child: ChildProcess, request: WorkerRequest): void {
  // A worker that has just died is found by its 'close' event; nothing is lost by not reaching it.
  if (child.connected) child.send(request, () => undefined);
}
