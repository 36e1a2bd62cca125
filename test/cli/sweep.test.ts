import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { writePredictions } from '../../src/run/predictions.ts';
import type { Trainer } from '../../src/run/record.ts';
import { inProcessWorker } from './in-process-worker.ts';
import { recordedIo, type RecordedIo, type RecordedIoOptions } from './recorded-io.ts';
import { SWEEP } from './sweep-file.ts';
import { failingIn, stuckAfterFirst, swift } from './trainers.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'growbench-'));
  await writeFile(join(folder, 'depth.yaml'), SWEEP);
});
// A sweep that was killed may still be writing for a moment.
afterEach(() => rm(folder, { recursive: true, maxRetries: 5 }));

const argv = (...options: string[]) => [
  'sweep',
  join(folder, 'depth.yaml'),
  '--results',
  join(folder, 'results'),
  '--jobs',
  '1',
  ...options,
];

async function sweep(trainer: Trainer, options: readonly string[] = [], io: RecordedIoOptions = {}) {
  const recorded = recordedIo({ env: { GROWBENCH_CACHE: folder }, worker: () => inProcessWorker(trainer), ...io });
  const code = await main(argv(...options), recorded);
  return { code, out: recorded.stdout.text, err: recorded.stderr.text, forks: recorded.forks };
}

const file = (name: string) => readFile(join(folder, 'results', 'depth', name), 'utf8');

describe('a sweep that runs to its end', () => {
  test('prints the results, leaves records and tables, and exits with 0', async () => {
    const { code, out } = await sweep(swift);
    expect(code).toBe(0);
    expect(out).toMatch(/^depth +stack +2 +4\.02M +\+22\.0% /m);
    expect((await readdir(join(folder, 'results', 'depth'))).sort()).toEqual([
      'cells',
      'cells.csv',
      'results.csv',
      'results.meta.json',
    ]);
    expect((await file('cells.csv')).trimEnd().split('\n')).toHaveLength(5);
  });

  test('says on stderr what happens, which engine was taken and why, and where the tables are', async () => {
    const { err } = await sweep(swift);
    expect(err).toContain('engine: wasm on cpu, 1 thread (it is the only one)');
    expect(err).toContain('stack seed 0: growth after step 7: loss 6.000 -> 6.500');
    expect(err).toContain(join(folder, 'results', 'depth'));
  });

  test('says nothing but data with --quiet', async () => {
    const { out, err } = await sweep(swift, ['--quiet']);
    expect(err).toBe('');
    expect(out).toContain('stack');
  });

  test('trains nothing the second time, and leaves the same tables', async () => {
    await sweep(swift);
    const before = await Promise.all(['cells.csv', 'results.csv'].map(file));
    const { code, forks, err } = await sweep(failingIn('full'));
    expect([code, forks]).toEqual([0, []]);
    expect(err).toContain('4 cells, 4 finished before');
    expect(await Promise.all(['cells.csv', 'results.csv'].map(file))).toEqual(before);
  });

  test('hands the engine on to its workers, which share the cores', async () => {
    const { forks } = await sweep(swift, ['--engine', 'wasm', '--jobs', '1']);
    const worker = ['worker', '--engine', 'wasm', '--why', 'it is embedded', '--threads', '1'];
    expect(forks).toEqual([worker]);
  });

  test('prints every event as a line of JSON, the results last, with --json', async () => {
    const { out } = await sweep(swift, ['--json']);
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; rows?: { arm: string; speedupFlops: number }[] });
    expect(lines[0]!.type).toBe('sweep-started');
    expect(lines.filter(({ type }) => type === 'cell-finished')).toHaveLength(4);
    expect(lines.at(-2)!.type).toBe('sweep-finished');
    const { type, rows } = lines.at(-1)!;
    expect(type).toBe('results');
    expect(rows!.map(({ arm }) => arm)).toEqual(['full', 'stack']);
    expect(rows![1]!.speedupFlops).toBeCloseTo(0.22035195103289973, 12);
  });

  test('is drawn where stderr is a terminal, without colours where NO_COLOR is set', async () => {
    const drawn = await sweep(swift, [], { columns: 60, env: { GROWBENCH_CACHE: folder, NO_COLOR: '1' } });
    expect(drawn.code).toBe(0);
    expect(drawn.err).toContain('stack seed 1: done, loss 6.000');
    expect(drawn.err).toContain('4/4 cells');
    // eslint-disable-next-line no-control-regex -- colours are what must not be there
    expect(drawn.err + drawn.out).not.toMatch(/\u001B\[\d*m/);
    const plain = await sweep(swift, ['--no-progress'], { columns: 60 });
    expect(plain.err).not.toContain('✓');
  });
});

describe('--save-models', () => {
  test('hands workers a folder for models in the results, and changes no cell', async () => {
    const asked: (string | null)[] = [];
    const saving: Trainer = {
      async run(work, context, ...rest) {
        asked.push(context.models);
        const { node, cell } = work;
        if (node.kind === 'saving') await mkdir(join(context.models!, cell.id), { recursive: true });
        return swift.run(work, context, ...rest);
      },
    };
    const { code, err } = await sweep(saving, ['--save-models']);
    expect(code).toBe(0);
    expect(new Set(asked)).toEqual(new Set([join(folder, 'results', 'depth', 'models')]));
    expect(err).not.toContain('no model is saved');
    const ids = (await readdir(join(folder, 'results', 'depth', 'cells'))).map((name) => name.replace('.json', ''));
    expect((await readdir(join(folder, 'results', 'depth', 'models'))).sort()).toEqual(ids.sort());
    const again = await sweep(failingIn('full'));
    expect([again.code, again.forks]).toEqual([0, []]);
  });

  test('says of which cells there is no model, since they were finished before', async () => {
    await sweep(swift);
    const { code, err, forks } = await sweep(failingIn('full'), ['--save-models']);
    expect([code, forks]).toEqual([0, []]);
    expect(err).toContain('no model is saved of full seed 0, stack seed 0, full seed 1, stack seed 1: a cell that was');
  });
});

describe('--predict', () => {
  const gap = { file: 'CoLA.tsv', why: 'glue-cola needs CoLA/test.tsv in glue, which is not there' };
  const predicting = (missing: readonly (typeof gap)[]): Trainer => ({
    async run(work, context, ...rest) {
      const { node, cell } = work;
      const meta = { task: 'wordnet-topic', rate: 1, seed: cell.seed, missing, warnings: [] };
      if (context.predictions !== null && node.kind === 'finetuning') {
        await writePredictions(join(context.predictions, cell.id), meta, []);
      }
      return swift.run(work, context, ...rest);
    },
  });

  test('hands workers a folder for predictions in the results, and says nothing where all are there', async () => {
    const { code, err } = await sweep(predicting([]), ['--predict']);
    expect(code).toBe(0);
    expect(err).not.toContain('growbench:');
    const ids = (await readdir(join(folder, 'results', 'depth', 'cells'))).map((name) => name.replace('.json', ''));
    expect((await readdir(join(folder, 'results', 'depth', 'predictions'))).sort()).toEqual(ids.sort());
    expect((await sweep(failingIn('full'))).forks).toEqual([]);
  });

  test('says once which file a benchmark wants and is not there', async () => {
    const { err } = await sweep(predicting([gap]), ['--predict']);
    expect(err.split(`growbench: no CoLA.tsv is written: ${gap.why}\n`)).toHaveLength(2);
  });

  test('says of which cells there are none, since they were finished before', async () => {
    await sweep(swift);
    const { code, err, forks } = await sweep(failingIn('full'), ['--predict']);
    expect([code, forks]).toEqual([0, []]);
    expect(err).toContain(
      'growbench: there are no predictions of full seed 0, stack seed 0, full seed 1, stack seed 1: a cell that was',
    );
  });

  test('says where no task is wanted', async () => {
    const { err } = await sweep(swift, ['--predict', '--set', 'finetune.tasks=[]']);
    expect(err).toContain('growbench: no cell was fine-tuned on a task, so there is nothing to predict\n');
  });
});

test('a sweep with failed cells goes on, shows why, and exits with 1', async () => {
  const { code, out, err } = await sweep(failingIn('stack'));
  expect(code).toBe(1);
  expect(err).toContain('stack seed 0: failed: Error: the loss is not a number');
  expect(err).toContain('full seed 1: done');
  expect(out).toContain('2 of 2 cells failed: Error: the loss is not a number');
  expect(await file('results.csv')).toMatch(/^depth,stack,0,2,,/m);
});

describe('Ctrl-C', () => {
  test('while it is found out what to run names the command that runs it', async () => {
    const io: RecordedIo = {
      ...recordedIo({ env: { GROWBENCH_CACHE: folder } }),
      settleEngine: (_, signal) => {
        io.interrupt();
        return Promise.reject(signal?.reason as Error);
      },
    };
    expect(await main(argv(), io)).toBe(75);
    expect(io.stderr.text).toMatch(/^growbench: stopped before anything was run; go on with: growbench sweep .*\n$/);
    expect(io.forks).toEqual([]);
  });

  test('stops after the step, keeps what is finished, and names the command that goes on', async () => {
    let io: RecordedIo | null = null;
    const trainer = stuckAfterFirst(() => io?.interrupt());
    io = recordedIo({ env: { GROWBENCH_CACHE: folder }, worker: () => inProcessWorker(trainer) });
    expect(await main(argv('--set', 'seeds=[0, 1]'), io)).toBe(75);
    expect(io.stderr.text).toContain('stopped; 1 of 4 cells done; go on with: growbench sweep ');
    expect(io.stderr.text).toContain(" --jobs 1 --set 'seeds=[0, 1]'\n");
    expect(await readdir(join(folder, 'results', 'depth', 'cells'))).toHaveLength(1);
    expect((await file('cells.csv')).match(/,pending,/g)).toHaveLength(3);
  });

  test('leaves a sweep that the same command completes, as if it had never been stopped', async () => {
    await sweep(swift);
    const whole = await file('cells.csv');
    await rm(join(folder, 'results'), { recursive: true });
    let io: RecordedIo | null = null;
    const trainer = stuckAfterFirst(() => io?.interrupt());
    io = recordedIo({ env: { GROWBENCH_CACHE: folder }, worker: () => inProcessWorker(trainer) });
    await main(argv(), io);
    expect(await file('cells.csv')).not.toBe(whole);
    expect((await sweep(swift)).code).toBe(0);
    expect(await file('cells.csv')).toBe(whole);
  });

  test('the second time kills the workers and waits for nothing', async () => {
    const deaf: Trainer = {
      run: () => {
        queueMicrotask(() => {
          io.interrupt();
          io.interrupt();
        });
        return new Promise(() => undefined);
      },
    };
    const worker = inProcessWorker(deaf);
    const io = recordedIo({ env: { GROWBENCH_CACHE: folder }, worker: () => worker });
    expect(await main(argv(), io)).toBe(130);
    expect(worker.killed).toBe(true);
  });
});

describe('a results folder that cannot be used is a mistake told before anything is trained', () => {
  test('a file in its place', async () => {
    await writeFile(join(folder, 'results'), '');
    const { code, err, forks } = await sweep(swift);
    expect([code, forks]).toEqual([2, []]);
    expect(err).toMatch(/^growbench: cannot write .*results/);
    expect(err).not.toMatch(/^ +at /m);
  });

  test.skipIf(process.getuid?.() === 0)('no permission to write', async () => {
    await chmod(folder, 0o500);
    const { code, err } = await sweep(swift);
    await chmod(folder, 0o700);
    expect(code).toBe(2);
    expect(err).toContain('permission denied');
  });
});

test('a reader of the events who goes away stops the sweep in good order', async () => {
  const io = recordedIo({ env: { GROWBENCH_CACHE: folder }, worker: () => inProcessWorker(trainer) });
  const trainer = stuckAfterFirst(() => io.stdout.emit('error', Object.assign(new Error('EPIPE'), { code: 'EPIPE' })));
  expect(await main(argv('--json'), io)).toBe(75);
  expect(io.stderr.text).toContain('1 of 4 cells done');
});
