import type { ChildProcess } from 'node:child_process';
import { LIBRARY_CHATTER } from '../errors.ts';
import type { SweepEvent } from './events.ts';
import { nodeLabel, type NodeResult, type NodeWork } from './node.ts';
import type { ProgressFile } from './node-progress.ts';
import { hostLabel, hostName } from './process.ts';
import type { Attempt, CellEvent, EngineRecord, TrainerContext } from './record.ts';
import type { WorkerReport, WorkerRequest } from './worker.ts';

/** Starts a worker process with an IPC channel and a piped stderr, in one of the places side by side, from 0. */
export type Launch = (place: number) => ChildProcess;

export interface WorkerOptions {
  /** The folders that workers train with. */
  readonly context: TrainerContext;
  readonly launch: Launch;
  /** Stops after the step in progress; what is finished stays. */
  readonly signal: AbortSignal;
  readonly onEvent: (event: SweepEvent) => void;
}

/** Characters of stderr that are kept. */
const STDERR_KEPT = 20_000;

/** How long a worker that has nothing to lose is waited for once it is asked to stop. */
const PATIENCE_MS = 3000;

/** One worker process at a time, started anew after a crash. */
export class WorkerProcess {
  readonly #options: WorkerOptions;
  readonly #place: number;
  #process: ChildProcess | null = null;
  /** The last of what the process wrote to stderr: why it died, if it does. */
  #stderr = '';

  constructor(options: WorkerOptions, place: number) {
    this.#options = options;
    this.#place = place;
  }

  /** Tries a node once; `progress` is told of what happens, as `onEvent` is. */
  async run(work: NodeWork, progress: ProgressFile): Promise<Tried> {
    const child = this.#started();
    progress.begin(child.pid ?? null);
    const started = new Date().toISOString();
    const engines: EngineRecord[] = [];
    const { signal, context, onEvent } = this.#options;
    let isTraining = false;
    let patience: NodeJS.Timeout | undefined;
    const stop = () => {
      send(child, { type: 'stop' });
      // Recording the graph of a large model is one long call, which hears nothing; it is begun anew in any case.
      patience = setTimeout(() => {
        if (!isTraining) child.kill('SIGKILL');
      }, PATIENCE_MS);
    };
    signal.addEventListener('abort', stop, { once: true });
    try {
      send(child, { type: 'run', work, context });
      const { end, result, error, isParentLost } = await this.#outcome(child, (event) => {
        if (event.type === 'engine') {
          const { name, device, versions, why, threads, repeatable } = event;
          engines.push({ name, device, versions, why, threads, repeatable });
        }
        isTraining ||= TRAINING.includes(event.type);
        progress.note(event);
        onEvent({ type: 'node-event', address: work.node.address, event });
      });
      const finished = new Date().toISOString();
      // A worker that dies while it is stopped, perhaps by the same signal, was stopped.
      const stopped = end === 'interrupted' || (signal.aborted && result === null);
      const attempt: Attempt = {
        ...{ node: nodeLabel(work.node), host: hostLabel(hostName()), pid: child.pid ?? null, started, finished },
        ...(stopped ? { end: 'interrupted', why: null } : { end, why: error }),
      };
      const outcome = { attempt, engine: engines.at(-1) ?? null };
      if (stopped) return { ...outcome, end: 'stopped' };
      if (result !== null) return { ...outcome, end: 'done', result };
      return { ...outcome, end: isParentLost ? 'parent lost' : 'failed', error: error ?? '', said: this.#stderr };
    } finally {
      clearTimeout(patience);
      signal.removeEventListener('abort', stop);
    }
  }

  /** Lets the process go; it ends by itself. */
  end(): void {
    if (this.#process?.connected) this.#process.disconnect();
    this.#process = null;
  }

  #started(): ChildProcess {
    // One that died while it had nothing to do has told nobody.
    if (this.#process !== null && isAlive(this.#process)) return this.#process;
    const child = this.#options.launch(this.#place);
    this.#stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_KEPT);
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
            finish({ end: 'failed', result: null, error: report.message, isParentLost: report.isParentLost });
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
          .slice(-4000)
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

/** Told once there is something that would be lost with the process. */
const TRAINING: readonly CellEvent['type'][] = ['stage', 'step', 'evaluate', 'finetune', 'score'];

/** What came of one try. */
export type Tried = { readonly attempt: Attempt; readonly engine: EngineRecord | null } & (
  | { readonly end: 'stopped' }
  | { readonly end: 'done'; readonly result: NodeResult }
  /** `parent lost`: what the parent left cannot be read, so that it has to be run again. */
  | {
      readonly end: 'failed' | 'parent lost';
      /** What a person is shown. */
      readonly error: string;
      /** The last of what the process wrote to stderr. */
      readonly said: string;
    }
);

interface Outcome {
  readonly end: Attempt['end'];
  readonly result: NodeResult | null;
  readonly error: string | null;
  readonly isParentLost?: boolean;
}

const isAlive = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode === null && signalCode === null;

function send(child: ChildProcess, request: WorkerRequest): void {
  // A worker that has just died is found by its 'close' event; nothing is lost by not reaching it.
  if (child.connected) child.send(request, () => undefined);
}
