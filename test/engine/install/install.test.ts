import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import { findEngines } from '../../../src/engine/install/find.ts';
import { installEngine } from '../../../src/engine/install/install.ts';
import { LIBRARIES } from '../../../src/engine/install/release.ts';
import { fakeMachine, type FakeMachine } from './fake-machine.ts';
import { writeWheel } from './wheels.ts';

let machine: FakeMachine;
beforeEach(() => {
  machine = fakeMachine();
});
afterEach(() => {
  machine.dispose();
});

const WHEEL = process.platform === 'linux' && process.arch === 'x64' ? 'tensorflow_cpu' : 'tensorflow';
const wheelPath = (): string => join(machine.index, `${WHEEL}-2.21.0-cp311-cp311-any.whl`);
const downloads = (): string[] => machine.calls().filter((call) => call.includes('pip download'));
const leftovers = (): string[] => readdirSync(join(machine.home, 'engines')).filter((name) => name.startsWith('.'));

async function refusal(change: Partial<typeof machine.options> = {}): Promise<UserError> {
  const error: unknown = await installEngine({ ...machine.options, ...change }).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
}

describe('an install', () => {
  test('leaves one whole engine, made of the hashed wheel, and nothing half done', async () => {
    const { engine, fresh } = await installEngine(machine.options);
    expect(fresh).toBe(true);
    expect(findEngines(machine.home)).toEqual([engine]);
    const sha256 = createHash('sha256').update(readFileSync(wheelPath())).digest('hex');
    expect(engine.wheels.map((wheel) => wheel.sha256)).toEqual([sha256]);
    expect(engine.addon.sha256).toBe(createHash('sha256').update('addon').digest('hex'));
    const library = readFileSync(join(engine.folder, 'wheels', 'tensorflow', LIBRARIES[0]!), 'utf8');
    expect(library).toBe(`the library ${LIBRARIES[0]!}`);
    expect(existsSync(join(engine.folder, 'wheels', 'tensorflow', 'python'))).toBe(false);
    expect(leftovers()).toEqual([]);
    expect(readdirSync(join(machine.home, 'downloads'))).toEqual([]);
  });

  test('asks every tool for its version before it downloads anything, and runs no install script', async () => {
    await installEngine(machine.options);
    const calls = machine.calls();
    const firstFetch = calls.findIndex((call) => /pip download|npm install/.test(call));
    const lastCheck = calls.findLastIndex((call) => call.endsWith('--version'));
    expect(lastCheck).toBeGreaterThan(2);
    expect(firstFetch).toBeGreaterThan(lastCheck);
    expect(calls.find((call) => call.startsWith('npm install'))).toContain('--ignore-scripts');
  });

  test('calls no tool at all where the engine is there', async () => {
    await installEngine(machine.options);
    const before = machine.calls();
    expect((await installEngine(machine.options)).fresh).toBe(false);
    expect(machine.calls()).toEqual(before);
  });

  test('puts a second version beside the first', async () => {
    await installEngine(machine.options);
    writeWheel(
      wheelPath(),
      `${WHEEL}-2.20.0`,
      Object.fromEntries(LIBRARIES.map((name) => [`tensorflow/${name}`, '2.20'])),
    );
    machine.env.LINKED = '2.20.0';
    await installEngine({ ...machine.options, tensorflow: '2.20.0' });
    expect(findEngines(machine.home).map(({ name }) => name)).toEqual(['cpu-2.21.0', 'cpu-2.20.0']);
  });

  test('is built once when two start together', async () => {
    machine.env.PIP_MS = '300';
    const outcomes = await Promise.all([installEngine(machine.options), installEngine(machine.options)]);
    expect(outcomes.map(({ fresh }) => fresh).sort()).toEqual([false, true]);
    expect(downloads()).toHaveLength(1);
  });

  test('takes over from one that was killed: its lock and half-built folder count for nothing', async () => {
    const engines = join(machine.home, 'engines');
    mkdirSync(join(engines, '.building-cpu-2.21.0-7'), { recursive: true });
    writeFileSync(join(engines, '.building-cpu-2.21.0-7', 'engine.json'), '{}');
    // No process has a number so high.
    writeFileSync(join(engines, '.lock'), JSON.stringify({ pid: 2 ** 30, host: hostname() }));
    expect((await installEngine(machine.options)).fresh).toBe(true);
    expect(leftovers()).toEqual([]);
  });

  test('lays the NVIDIA wheels that the extra names beside TensorFlow', async () => {
    if (process.platform !== 'linux' || process.arch !== 'x64') return;
    const library = { 'nvidia/cublas/lib/libcublas.so.12': 'cublas', 'nvidia/cublas/include/cublas.h': '//' };
    const path = join(machine.index, 'nvidia_cublas_cu12-12.9.0-py3-none-any.whl');
    writeWheel(path, 'nvidia_cublas_cu12-12.9.0', library);
    const { engine } = await installEngine({ ...machine.options, kind: 'cuda' });
    expect(downloads().map((call) => call.split(' ').at(-1))).toEqual([
      'tensorflow==2.21.0',
      'nvidia-cublas-cu12<13.0,>=12.5.3.2',
    ]);
    expect(existsSync(join(engine.folder, 'wheels/nvidia/cublas/lib/libcublas.so.12'))).toBe(true);
    expect(existsSync(join(engine.folder, 'wheels/nvidia/cublas/include'))).toBe(false);
    expect(engine).toMatchObject({ name: 'cuda-2.21.0', kind: 'cuda' });
  });

  test('with --from asks pip for no index, and for the Python that the wheels were built for', async () => {
    const other = wheelPath().replaceAll('311', '312');
    renameSync(wheelPath(), other);
    await installEngine({ ...machine.options, from: machine.index });
    expect(downloads()[0]).toContain(`--no-index --find-links ${machine.index}`);
    expect(downloads()[0]).toContain('--python-version 3.12 --abi cp312');
  });
});

describe('a fault', () => {
  test('of the machine is found before anything is downloaded, all at once', async () => {
    machine.lacks('python3');
    machine.lacks('c++');
    const { message, hint } = await refusal();
    expect(message).toMatch(/lacks Python 3 .*, pip .*, a C\+\+ compiler/);
    expect(hint).not.toBe('');
    expect(machine.calls().filter((call) => /download|install/.test(call))).toEqual([]);
  });

  test('of the compiler shows its words, leaves no engine, and keeps the download for the next try', async () => {
    machine.fails('c++', 'fatal error: out of cheese');
    expect((await refusal()).message).toContain('out of cheese');
    expect(findEngines(machine.home)).toEqual([]);
    expect(leftovers()).toEqual([]);
    expect(readdirSync(join(machine.home, 'downloads', 'cpu-2.21.0'))).toHaveLength(1);
    machine.fails('c++', null);
    expect((await installEngine(machine.options)).fresh).toBe(true);
  });

  test('in a wheel whose file differs from its RECORD is met by one more download, then told', async () => {
    const lies = { [`tensorflow/${LIBRARIES[0]!}`]: 'tampered' };
    writeWheel(wheelPath(), `${WHEEL}-2.21.0`, { [`tensorflow/${LIBRARIES[0]!}`]: 'true' }, { lies });
    expect((await refusal()).message).toMatch(/is corrupt: .*has not the hash that its RECORD gives/);
    expect(downloads()).toHaveLength(2);
    expect(findEngines(machine.home)).toEqual([]);
  });

  test('in a wheel that is cut short names it, and a wheel of the user is read once', async () => {
    truncateSync(wheelPath(), 200);
    const { message, hint } = await refusal({ from: machine.index });
    expect(message).toContain(`${WHEEL}-2.21.0-cp311-cp311-any.whl is corrupt`);
    expect(hint).toContain(machine.index);
    expect(downloads()).toHaveLength(1);
  });

  test('in a wheel of the user that pip itself refuses names its folder', async () => {
    machine.fails('python3', `ERROR: Wheel 'tensorflow-cpu' located at ${wheelPath()} is invalid.\n`);
    const { message, hint } = await refusal({ from: machine.index });
    expect(message).toContain(`the wheel of tensorflow-cpu==2.21.0 in ${machine.index} is corrupt`);
    expect(hint).toContain(`Fetch it into ${machine.index} anew`);
  });

  test('of the addon when it is loaded leaves no engine', async () => {
    machine.fails('node', "Error: /lib/libc.so.6: version `GLIBC_2.38' not found (required by x.so)");
    expect((await refusal()).message).toContain('GLIBC_2.38');
    expect(findEngines(machine.home)).toEqual([]);
  });

  test('of an addon that finds another TensorFlow is told', async () => {
    machine.env.LINKED = '2.9.1';
    expect((await refusal()).message).toBe('the addon finds TensorFlow 2.9.1 instead of 2.21.0');
  });

  test.each([
    ['npm', 'npm error code ENOTFOUND', /npm could not fetch[^]*ENOTFOUND/],
    ['npm', 'npm error code ENOSPC', /not enough space/],
  ])('of %s (%s) is told with a way out', async (tool, says, message) => {
    // Its version is asked for first and must work.
    machine.fails(tool, says);
    const error = await refusal();
    expect(error.message).toMatch(message);
    expect(error.hint).not.toBe('');
  });

  test('stops when it is interrupted, and gives the lock back', async () => {
    machine.env.PIP_MS = '20000';
    const controller = new AbortController();
    const started = performance.now();
    const install = installEngine({ ...machine.options, signal: controller.signal });
    setTimeout(() => {
      controller.abort(new Error('interrupted'));
    }, 1500);
    await expect(install).rejects.toThrow('interrupted');
    expect(performance.now() - started).toBeLessThan(15_000);
    expect(findEngines(machine.home)).toEqual([]);
    expect(leftovers()).not.toContain('.lock');
  });
});

test('a version that is none is refused before anything else', async () => {
  expect((await refusal({ tensorflow: '2.x; rm' })).message).toContain('must be a version');
  expect((await refusal({ from: join(machine.home, 'nowhere') })).message).toContain('no such folder');
  expect(machine.calls()).toEqual([]);
});
