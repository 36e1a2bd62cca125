import type { ChildProcess } from 'node:child_process';
import { Writable } from 'node:stream';
import type { Grower } from '../../src/checkpoint/grower.ts';
import type { Io } from '../../src/cli/io.ts';
import { trainVocabulary } from '../../src/text/train-vocabulary.ts';

/** A stream that remembers what was written to it; with `columns`, a terminal. */
class RecordedOutput extends Writable {
  text = '';
  readonly isTTY: boolean;
  readonly columns: number;
  readonly rows = 24;

  constructor(columns: number | null) {
    super({ decodeStrings: false });
    this.isTTY = columns !== null;
    this.columns = columns ?? 80;
  }

  override _write(chunk: unknown, _encoding: string, done: () => void): void {
    this.text += String(chunk);
    done();
  }
}

export interface RecordedIo extends Io {
  readonly stdout: RecordedOutput;
  readonly stderr: RecordedOutput;
  /** As Ctrl-C does. */
  interrupt(): void;
  /** Arguments of every child process that was asked for. */
  readonly forks: (readonly string[])[];
}

export interface RecordedIoOptions {
  readonly env?: Io['env'];
  /** Width of the terminal on both streams; null for pipes. */
  readonly columns?: number | null;
  readonly worker?: () => ChildProcess;
  readonly grower?: Grower;
}

/** Everything the command line touches, recorded. Without a `worker`, starting one is a failure of the test. */
export function recordedIo({ env = {}, columns = null, worker, grower }: RecordedIoOptions = {}): RecordedIo {
  const handlers = new Set<() => void>();
  const forks: (readonly string[])[] = [];
  return {
    stdout: new RecordedOutput(columns),
    stderr: new RecordedOutput(columns),
    env,
    forks,
    fork(argv) {
      forks.push(argv);
      if (worker === undefined) throw new Error('this test starts no worker');
      return worker();
    },
    openTrainer: () => Promise.reject(new Error('this test opens no trainer')),
    openGrower: () =>
      grower === undefined ? Promise.reject(new Error('this test grows nothing')) : Promise.resolve(grower),
    openVocabularyTrainer: () => Promise.resolve(trainVocabulary),
    openDataChecker: async () => (await import('../../src/text/check-data.ts')).checkData,
    settleEngine: () => Promise.resolve({ name: 'wasm', entry: null, why: 'it is embedded', xla: 'off' }),
    openEngineTools: () => Promise.reject(new Error('this test opens no engine tools')),
    onInterrupt(handler) {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
    interrupt() {
      for (const handler of handlers) handler();
    },
  };
}
