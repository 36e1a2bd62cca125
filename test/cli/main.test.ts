import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tellFailure } from '../../src/cli/failure.ts';
import { main } from '../../src/cli/main.ts';
import { packageVersion } from '../../src/cli/version.ts';
import { UserError } from '../../src/errors.ts';
import { operators } from '../../src/growth/operators/index.ts';
import { tasks } from '../../src/tasks/index.ts';
import type { Plan } from '../../src/run/plan.ts';
import { recordedIo } from './recorded-io.ts';
import { SWEEP } from './sweep-file.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'growbench-'));
  await writeFile(join(folder, 'depth.yaml'), SWEEP);
});
afterEach(() => rm(folder, { recursive: true }));

async function run(argv: readonly string[], options: Parameters<typeof recordedIo>[0] = {}) {
  const io = recordedIo(options);
  const code = await main(argv, io);
  return { code, out: io.stdout.text, err: io.stderr.text };
}

describe("the user's mistakes at the command line exit with 2 and say what to do, on stderr", () => {
  test.each([
    [['swep'], "unknown command 'swep'\n(Did you mean sweep?)"],
    [['sweep'], "missing required argument 'file'"],
    [['plan', 'a.yaml', '--jsn'], "unknown option '--jsn'\n(Did you mean --json?)"],
    [['sweep', 'a.yaml', '--jobs', '0'], 'must be a whole number from 1 up'],
    [['sweep', 'a.yaml', '--engine', 'rocm'], 'Allowed choices are auto, tensorflow, cuda, wasm'],
    [['plan', 'nowhere.yaml'], 'nowhere.yaml does not exist'],
  ])('growbench %j', async (argv, message) => {
    const { code, out, err } = await run(argv);
    expect(code).toBe(2);
    expect(err).toMatch(/^growbench: /);
    expect(err).toContain(message);
    expect(err).not.toMatch(/^ +at /m);
    expect(out).toBe('');
  });

  test('and no command at all shows the help there', async () => {
    const { code, out, err } = await run([]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('Usage: growbench');
  });
});

test.each([['--help'], ['help'], ['sweep', '--help']])('help is data: growbench %s', async (...argv) => {
  const { code, out, err } = await run(argv.filter((word) => typeof word === 'string'));
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain('Usage: growbench');
  expect(out).not.toContain('worker');
});

test('--version is that of package.json', async () => {
  expect(await run(['--version'])).toEqual({ code: 0, out: `${packageVersion()}\n`, err: '' });
});

describe('how a failure is told', () => {
  const tell = (error: unknown) => {
    const io = recordedIo();
    return { code: tellFailure(error, io), err: io.stderr.text };
  };

  test("a mistake of the user's in two lines", () => {
    expect(tell(new UserError('seeds must be at least 1, got 0', 'Take 3.'))).toEqual({
      code: 2,
      err: 'growbench: seeds must be at least 1, got 0\n  Take 3.\n',
    });
  });

  test('a full disk without a stack trace', () => {
    const full = Object.assign(new Error('ENOSPC: ...'), { code: 'ENOSPC', syscall: 'write', path: 'results/x' });
    const { code, err } = tell(full);
    expect(code).toBe(2);
    expect(err.split('\n')[0]).toBe('growbench: results/x: no space left on the device');
    expect(err).not.toMatch(/^ +at /m);
  });

  test('a bug of ours with its stack', () => {
    const { code, err } = tell(new TypeError('x is not a function'));
    expect(code).toBe(70);
    expect(err).toContain('this is a bug in growbench');
    expect(err).toMatch(/TypeError: x is not a function\n +at /);
  });
});

describe('plan', () => {
  test('shows question, stages, FLOPs and expected speedup of every arm', async () => {
    const { code, out, err } = await run(['plan', join(folder, 'depth.yaml')]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('Does stacking cost loss?');
    expect(out).toMatch(/baseline +full +100% 2L f16 n16 +100\.0% +4\.90M +\+0\.0%/);
    expect(out).toMatch(/depth +stack +60% 1L f16 n16 → 40% 2L f16 n16 +69\.9% → 100\.0% +4\.02M +\+22\.0%/);
    expect(out).toContain('4 cells: 2 arms, seeds 0, 1');
  });

  test('marks what is not known before an arm has run, and says what the marks mean', async () => {
    const early = SWEEP.replace('{ steps: 60%,', '{ steps: 60%, until: { slope: 0.1 },').replace(
      '{ steps: 40% }',
      '{ steps: 40%, freeze: 50% }',
    );
    await writeFile(join(folder, 'early.yaml'), early);
    const { out } = await run(['plan', join(folder, 'early.yaml')]);
    expect(out).toMatch(/stack +≤60% 1L f16 n16 → ≥40% 2L f16 n16 freeze 50% +[\d.]+% → [\d.]+% +≥[\d.]+M +≤\+[\d.]+%/);
    expect(out).toContain('its validation loss flattens');
    expect(out).toContain('only new layers and the head train');
  });

  test('says where growth is learned, where it comes in slowly, and nothing of either elsewhere', async () => {
    const other = (depth: string) => SWEEP.replace('depth: { stack: 1 }', `depth: ${depth}`);
    const planOf = async (name: string, text: string) => {
      await writeFile(join(folder, name), text);
      return (await run(['plan', join(folder, name)], { columns: 200, env: { NO_COLOR: '1' } })).out;
    };
    const learned = await planOf('learned.yaml', other('{ ligo-depth: { layers: 1, steps: 7 } }'));
    expect(learned).toContain('60% 1L f16 n16 → 40% 2L f16 n16 fit 7 ');
    expect(learned).toContain('growth is learned in so many steps');
    const slow = await planOf('slow.yaml', other('{ msg-depth: { layers: 1, ramp: 3 } }'));
    expect(slow).toContain('60% 1L f16 n16 → 40% 2L f16 n16 ramp 3 ');
    expect(slow).toContain('what is new enters over so many steps');
    expect(await planOf('neither.yaml', SWEEP)).not.toMatch(/fit \d|ramp \d|learned|enters over/);
  });

  test('as JSON has every cell with its id, and takes --set', async () => {
    const { out } = await run(['plan', join(folder, 'depth.yaml'), '--json', '--set', 'train.steps=20']);
    const plan = JSON.parse(out) as Plan;
    expect(plan.cells.map(({ arm, seed }) => `${arm} ${seed}`)).toEqual(['full 0', 'stack 0', 'full 1', 'stack 1']);
    expect(new Set(plan.cells.map(({ id }) => id)).size).toBe(4);
    expect(plan.arms[0]!.flops).toBe(2 * 4_899_840);
  });

  test.each([60, 80])('fits a terminal of %d columns, stage below stage if need be', async (columns) => {
    const { out } = await run(['plan', join(folder, 'depth.yaml')], { columns, env: { NO_COLOR: '1' } });
    expect(Math.max(...out.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(columns);
    expect(out).toContain('+22.0%');
  });
});

describe('the registries', () => {
  test('operators lists every operator under its dimension, with settings and source', async () => {
    const { code, out } = await run(['operators']);
    expect(code).toBe(0);
    for (const { name, dimension, settings } of operators) {
      expect(out).toMatch(new RegExp(`^${dimension} +${name} +${Object.keys(settings).join(', ')} `, 'm'));
    }
    const listed = JSON.parse((await run(['operators', '--json'])).out) as { name: string; source: string }[];
    expect(listed.map(({ name, source }) => [name, source])).toEqual(
      operators.map(({ name, source }) => [name, source]),
    );
  });

  test('tasks lists every task with its kind and metrics', async () => {
    const { code, out } = await run(['tasks']);
    expect(code).toBe(0);
    for (const { name, kind, metrics } of tasks) {
      expect(out).toMatch(new RegExp(`^${name} +${kind} .*${metrics[0]!.name}`, 'm'));
    }
    const listed = JSON.parse((await run(['tasks', '--json'])).out) as { name: string; baselines: unknown[] }[];
    expect(listed.map(({ name, baselines }) => [name, baselines])).toEqual(
      tasks.map(({ name, baselines }) => [name, baselines]),
    );
  });
});
