import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { graphOf } from '../../src/run/graph.ts';
import { planSweep } from '../../src/run/plan.ts';
import { readComparison } from '../../src/run/running.ts';
import type { CellRecord, Trainer } from '../../src/run/record.ts';
import { inProcessWorker } from './in-process-worker.ts';
import { recordedIo } from './recorded-io.ts';
import { SWEEP } from './sweep-file.ts';
import { failingIn, plannedNode, plannedResult, stuckAfterFirst, swift } from './trainers.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'growbench-'));
  for (const name of ['depth', 'width', 'broken']) await writeFile(at(`${name}.yaml`), SWEEP);
});
afterEach(() => rm(folder, { recursive: true, maxRetries: 5 }));

const at = (...parts: string[]) => join(folder, ...parts);

async function growbench(argv: readonly string[], trainer: Trainer = swift) {
  const io = recordedIo({ env: { GROWBENCH_CACHE: at('cache') }, worker: () => inProcessWorker(trainer) });
  const code = await main(argv, io);
  return { code, out: io.stdout.text, err: io.stderr.text, forks: io.forks };
}
const sweep = (names: readonly string[], results: string, options: readonly string[] = [], trainer = swift) =>
  growbench(
    ['sweep', ...names.map((name) => at(`${name}.yaml`)), '--results', at(results), '--jobs', '1', ...options],
    trainer,
  );
const json = (text: string) => JSON.parse(text) as never;

describe('several sweep files in one command', () => {
  test('run one after another, each into a folder of its own', async () => {
    expect((await sweep(['depth', 'width'], 'r')).code).toBe(0);
    expect((await readdir(at('r'))).sort()).toEqual(['.nodes', 'depth', 'width']);
    expect(await readdir(at('r', 'width', 'cells'))).toHaveLength(4);
  });

  test('exit with the worst code, and a failure in the first does not stop the second', async () => {
    const onlyInDepth: Trainer = {
      run: (work, ...rest) => (work.cell.settings.train.rate === 1e-3 ? failingIn('stack') : swift).run(work, ...rest),
    };
    await writeFile(at('width.yaml'), SWEEP.replace('rate: 1e-3, warmup', 'rate: 2e-3, warmup'));
    expect((await sweep(['depth', 'width'], 'r', [], onlyInDepth)).code).toBe(1);
    expect(await readFile(at('r', 'width', 'cells.csv'), 'utf8')).not.toContain('failed');
  });

  test('are all checked before any of them runs', async () => {
    await writeFile(at('broken.yaml'), SWEEP.replace('hidden: 8', 'hidden: 7'));
    const { code, forks } = await sweep(['depth', 'broken'], 'r');
    expect([code, forks]).toEqual([2, []]);
  });

  test('that would share a results folder are refused', async () => {
    await mkdir(at('other'));
    await writeFile(at('other', 'depth.yaml'), SWEEP);
    const { code, err } = await sweep(['depth', 'other/depth'], 'r');
    expect(code).toBe(2);
    expect(err).toContain('would both leave their results in');
  });

  test('are all stopped by one Ctrl-C', async () => {
    let interrupt: () => void = () => undefined;
    const trainer = stuckAfterFirst(() => {
      interrupt();
    });
    const io = recordedIo({ env: { GROWBENCH_CACHE: at('cache') }, worker: () => inProcessWorker(trainer) });
    interrupt = () => {
      io.interrupt();
    };
    const files = [at('depth.yaml'), at('width.yaml')];
    expect(await main(['sweep', ...files, '--results', at('r'), '--jobs', '1'], io)).toBe(75);
    expect(await readdir(at('r', 'width'))).toEqual([]);
  });
});

describe('shards', () => {
  const shards = async (count: number) => {
    for (let index = 1; index <= count; index += 1) {
      expect((await sweep(['depth'], `part${index}`, ['--shard', `${index}/${count}`])).code).toBe(0);
    }
    return Array.from({ length: count }, (_, index) => at(`part${index + 1}`));
  };

  test.each([2, 3, 5])('%i of them, collected, give the tables of the whole sweep, to the byte', async (count) => {
    await sweep(['depth'], 'whole');
    const parts = await shards(count);
    const sizes = await Promise.all(
      parts.map((part) =>
        readdir(join(part, 'depth', 'cells')).then(
          (names) => names.length,
          () => 0,
        ),
      ),
    );
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(4);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    expect((await growbench(['collect', ...parts, '-o', at('all')])).code).toBe(0);
    for (const table of ['cells.csv', 'results.csv']) {
      expect(await readFile(at('all', 'depth', table), 'utf8')).toBe(
        await readFile(at('whole', 'depth', table), 'utf8'),
      );
    }
    expect((await sweep(['depth'], 'all')).forks).toEqual([]);
  });

  test('keep the cells of a seed together where the seeds can be dealt out', async () => {
    const [part] = await shards(2);
    const names = await readdir(join(part!, 'depth', 'cells'));
    const seeds = names.map(async (name) => {
      const record = json(await readFile(join(part!, 'depth', 'cells', name), 'utf8')) as CellRecord;
      return record.cell.seed;
    });
    expect(await Promise.all(seeds)).toEqual([0, 0]);
  });

  test('that lack cells are collected, with exit code 1 and their number', async () => {
    const [first] = await shards(2);
    const { code, err } = await growbench(['collect', first!, '-o', at('all')]);
    expect(code).toBe(1);
    expect(err).toContain('2 have no result');
  });

  const changing = (change: (result: ReturnType<typeof plannedResult>) => object): Trainer => ({
    run: (work) => {
      const planned = plannedResult(work.cell);
      return Promise.resolve(plannedNode(work, { ...planned, ...change(planned) }));
    },
  });
  test.each([
    [
      'another text',
      changing(() => ({ corpus: { digest: 'other', trainTokens: 1, validationTokens: 1 } })),
      'corpus: abc',
    ],
    ['another result of one cell', changing(() => ({ loss: 1 })), 'has one result in'],
  ])('of %s are refused, and nothing is written', async (_, trainer, why) => {
    await sweep(['depth'], 'one');
    await sweep(['depth'], 'two', [], trainer);
    const { code, err } = await growbench(['collect', at('one'), at('two'), '-o', at('all')]);
    expect(code).toBe(2);
    expect(err).toContain('not comparable: ');
    expect(err).toContain(why);
    expect(await readdir(folder)).not.toContain('all');
  });

  test('of two different sweeps are refused', async () => {
    await sweep(['depth'], 'one');
    await sweep(['depth'], 'two', ['--set', 'train.rate=0.5']);
    const { code, err } = await growbench(['collect', at('one'), at('two'), '-o', at('all')]);
    expect(code).toBe(2);
    expect(err).toContain('are not of one sweep: 0 of 4 cells are the same');
  });

  test.each(['0/2', '3/2', '1', 'x/y'])('--shard %s is refused', async (shard) => {
    expect((await sweep(['depth'], 'r', ['--shard', shard])).code).toBe(2);
  });
});

describe('plan says what is to run and why', () => {
  const plan = async (...options: string[]) =>
    (await growbench(['plan', at('depth.yaml'), '--results', at('r'), ...options])).out;

  test('nothing after a whole sweep, all before it', async () => {
    expect(await plan()).toMatch(/4 of 4 cells to run: 17\.8MFLOPs\./);
    await sweep(['depth'], 'r');
    expect(await plan()).toContain('Nothing is to run');
  });

  test.each([
    ['failed before', [], /^depth +stack .* 2 of 2: failed before$/m],
    ['train.rate changed', ['--set', 'train.rate=0.5'], /2 of 2: train\.rate changed$/m],
    ['a new seed', ['--set', 'seeds=[0, 1, 2]'], /^baseline +full .* 1 of 3: new seed$/m],
  ])('%s', async (_, options, line) => {
    await sweep(['depth'], 'r', [], failingIn('stack'));
    expect(await plan(...options)).toMatch(line);
  });

  test('in data', async () => {
    await sweep(['depth'], 'r', [], failingIn('stack'));
    const { cells, toRun } = json(await plan('--json')) as { cells: { status: string; why?: string }[]; toRun: object };
    expect(cells.map(({ status, why }) => why ?? status)).toEqual(['done', 'failed before', 'done', 'failed before']);
    expect(toRun).toMatchObject({ cells: 2, flops: 2 * 4_015_104 });
  });
});

describe('status', () => {
  const status = async (...options: string[]) => growbench(['status', at('r'), ...options]);

  test('tells of what is done, failed and why, and waiting', async () => {
    await sweep(['depth'], 'r', ['--fail-fast'], failingIn('stack'));
    const { code, out } = await status();
    expect(code).toBe(0);
    expect(out).toMatch(/^depth \(.*\): 1 of 4 cells done, 1 failed, 2 waiting$/m);
    expect(out).toContain('  failed   stack seed 0: Error: the loss is not a number\n');
    expect(out).toMatch(/waiting {2}full seed 1\n {2}waiting {2}stack seed 1\n/);
  });

  test('tells step, loss and worker of a cell that runs, from its files', async () => {
    let shown: { running: { arm: string; step: number; loss: number; worker: { sweep: number } }[] }[] = [];
    const watched: Trainer = {
      async run(cell, context, onEvent, signal) {
        onEvent({ type: 'step', step: 3, of: 10, loss: 6.25 });
        // Progress is written once a second.
        await new Promise((resolve) => setTimeout(resolve, 1300));
        if (shown.length === 0) shown = json((await status('--json')).out);
        return swift.run(cell, context, onEvent, signal);
      },
    };
    await sweep(['depth'], 'r', ['--set', 'seeds=1'], watched);
    expect(shown[0]!.running).toMatchObject([{ arm: 'full', step: 3, loss: 6.25, worker: { sweep: process.pid } }]);
    const after = json((await status('--json')).out) as { finished: unknown[]; running: unknown[] }[];
    expect([after[0]!.finished.length, after[0]!.running.length]).toEqual([2, 0]);
  });

  test('says so where there is no sweep', async () => {
    const { code, err } = await growbench(['status', folder]);
    expect(code).toBe(2);
    expect(err).toContain('there is no sweep in');
  });
});

test('--fail-fast stops at the first failure, and says which', async () => {
  const { code, err } = await sweep(['depth', 'width'], 'r', ['--fail-fast'], failingIn('full'));
  expect(code).toBe(1);
  expect(err).toContain('the sweep was stopped: full seed 0 failed (--fail-fast): Error: the loss is not a number');
  expect(await readdir(at('r', 'depth', 'cells'))).toHaveLength(1);
});

describe('clean', () => {
  const digest = 'a'.repeat(16);
  beforeEach(async () => {
    await mkdir(at('cache', `.draft-${digest}-x1`), { recursive: true });
    await writeFile(at('cache', `.draft-${digest}-x1`, 'train.u16'), Buffer.alloc(2000));
    await mkdir(at('cache', 'b'.repeat(16)));
  });

  test('lists leftovers with their sizes, and removes them only without --dry-run', async () => {
    const listed = await growbench(['clean', '--dry-run']);
    expect(listed.out).toMatch(/^2\.00kB {2}.*\.draft-a+-x1\n$/);
    expect(await readdir(at('cache'))).toHaveLength(2);
    expect((await growbench(['clean'])).err).toContain('2.00kB removed');
    expect(await readdir(at('cache'))).toEqual(['b'.repeat(16)]);
  });

  test('leaves alone what a process is at work on', async () => {
    const lease = { host: 'elsewhere', pid: 1, born: null, token: 't', since: '' };
    await writeFile(at('cache', `.${digest}.lease`), JSON.stringify(lease));
    expect((await growbench(['clean'])).err).toContain('nothing is left over');
    expect(await readdir(at('cache'))).toHaveLength(3);
  });

  const states = async () => {
    const nodes = at('r', '.nodes');
    const names = (await readdir(nodes, { recursive: true })).filter((name) => name.endsWith('.safetensors'));
    return names.sort();
  };
  const leaveState = async (address: string, name: string) => {
    await mkdir(at('r', '.nodes', address), { recursive: true });
    for (const ending of ['json', 'safetensors']) {
      await writeFile(at('r', '.nodes', address, `${name}.${ending}`), Buffer.alloc(3000));
    }
  };

  test('removes states and checkpoints, but none that an unfinished sweep needs', async () => {
    let interrupt: () => void = () => undefined;
    const trainer = stuckAfterFirst(() => {
      interrupt();
    });
    const io = recordedIo({ env: { GROWBENCH_CACHE: at('cache') }, worker: () => inProcessWorker(trainer) });
    interrupt = () => {
      io.interrupt();
    };
    expect(await main(['sweep', at('depth.yaml'), '--results', at('r'), '--jobs', '1'], io)).toBe(75);
    const comparison = await readComparison(at('r', 'depth'));
    const { cells } = planSweep(comparison!);
    const [needed] = graphOf(cells.slice(1), comparison!.contents).nodes.keys();
    await leaveState(needed!, 'checkpoint-4');
    await leaveState('0'.repeat(16), 'state');

    const own = ['--results', at('r')];
    expect((await growbench(['clean', '--dry-run', ...own])).out).toMatch(/3\.00kB {2}.*0{16}\/state\.safetensors\n$/);
    expect(await states()).toHaveLength(2);
    await growbench(['clean', ...own]);
    expect(await states()).toEqual([join(needed!, 'checkpoint-4.safetensors')]);
    expect(await readdir(at('r', '.nodes', '0'.repeat(16)))).toEqual([]);

    expect((await sweep(['depth'], 'r')).code).toBe(0);
    await leaveState(needed!, 'state');
    await growbench(['clean', ...own]);
    expect(await states()).toEqual([]);
    expect((await sweep(['depth'], 'r')).forks).toEqual([]);
  });
});
