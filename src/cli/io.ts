import type { ChildProcess } from 'node:child_process';
import type { Grower } from '../checkpoint/grower.ts';
import type { Opening } from '../engine/choose.ts';
import type { EngineRequest, SettledEngine } from '../engine/settle.ts';
import type { DataChecker } from '../run/task-data.ts';
import type { Trainer } from '../run/record.ts';
import type { EngineName } from '../run/spec.ts';
import type { VocabularyTrainer } from '../run/vocabulary-training.ts';
import type { EngineTools } from './engine-tools.ts';

/** A stream to write to; a terminal says so, and how wide it is. */
export interface Output extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** Everything the command line touches outside itself; tests bring their own. */
export interface Io {
  /** Data: tables, JSON. */
  readonly stdout: Output;
  /** Talk: progress, warnings, mistakes. */
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * Starts growbench itself with these arguments, in a process with an IPC channel and a piped stderr, and with what
   * `env` has beside this process's own environment.
   */
  fork(argv: readonly string[], env?: Readonly<Record<string, string>>): ChildProcess;
  /** Loads the engine and the model code, so it is called only by the process that trains. */
  openTrainer(engine: EngineName, opening: Opening): Promise<Trainer>;
  /** Loads the model code, but no engine: that is loaded where a loss is measured. */
  openGrower(): Promise<Grower>;
  /** Loads the text code. */
  openVocabularyTrainer(): Promise<VocabularyTrainer>;
  /**
   * What a sweep runs on, found out without loading it. Rejects with a UserError where a named engine is not there, and
   * with the signal's reason when stopped.
   */
  settleEngine(request: EngineRequest, signal?: AbortSignal): Promise<SettledEngine>;
  /** Loads what reads data sets, but no engine. */
  openDataChecker(): Promise<DataChecker>;
  openEngineTools(): Promise<EngineTools>;
  /** Calls `handler` for every Ctrl-C and every request to terminate, until the returned function is called. */
  onInterrupt(handler: () => void): () => void;
}
