import { fork, type ChildProcess } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { examine } from '../../../src/engine/install/doctor.ts';
import { inspectEngines } from '../../../src/engine/install/find.ts';
import { installEngine } from '../../../src/engine/install/install.ts';
import { withLock } from '../../../src/engine/install/lock.ts';
import { removeEngine } from '../../../src/engine/install/remove.ts';
import { fakeMachine, type FakeMachine } from './fake-machine.ts';

let machine: FakeMachine;
beforeEach(() => {
  machine = fakeMachine();
});
afterEach(() => {
  machine.dispose();
});

const signal = new AbortController().signal;
const remove = (name: string | null) => removeEngine({ name, env: machine.env, signal, onWait: () => undefined });

describe('what is no engine', () => {
  test('is told apart, with the reason', async () => {
    const { engine } = await installEngine(machine.options);
    const place = (name: string, text: string) => {
      mkdirSync(join(engine.folder, '..', name));
      writeFileSync(join(engine.folder, '..', name, 'engine.json'), text);
    };
    const manifest = readFileSync(join(engine.folder, 'engine.json'), 'utf8');
    place('foreign', manifest.replace(engine.platform, 'plan9-mips'));
    place('moved', manifest);
    place('torn', manifest.slice(0, 40));
    mkdirSync(join(engine.folder, '..', 'empty'));
    const { engines, unusable } = inspectEngines(machine.home);
    expect(engines).toEqual([engine]);
    expect(Object.fromEntries(unusable.map(({ name, reason }) => [name, reason]))).toEqual({
      empty: 'it has no engine.json',
      foreign: expect.stringContaining('built for plan9-mips') as unknown,
      moved: 'files are missing from it',
      torn: expect.stringContaining('not written by this growbench') as unknown,
    });
  });
});

describe('removing', () => {
  test('takes the only engine, and leaves nothing of it', async () => {
    await installEngine(machine.options);
    expect(await remove(null)).toBe('cpu-2.21.0');
    expect(readdirSync(join(machine.home, 'engines'))).toEqual([]);
    await expect(remove(null)).rejects.toThrow('no engine is installed');
  });

  test('wants a name where there are several, and suggests one that is near', async () => {
    await installEngine(machine.options);
    mkdirSync(join(machine.home, 'engines', 'broken-one'));
    await expect(remove(null)).rejects.toThrow('several engines');
    await expect(remove('cpu-2.21')).rejects.toMatchObject({
      hint: expect.stringContaining('"cpu-2.21.0"') as unknown,
    });
    expect(await remove('broken-one')).toBe('broken-one');
  });
});

describe('the lock', () => {
  test('is waited for while its holder lives, who is named', async () => {
    const order: string[] = [];
    const holders: string[] = [];
    const first = withLock(machine.home, { signal, onWait: () => undefined }, async () => {
      order.push('first');
      await sleep(900);
      order.push('first ends');
    });
    await sleep(100);
    await withLock(machine.home, { signal, onWait: (holder) => holders.push(holder) }, () => {
      order.push('second');
      return Promise.resolve();
    });
    await first;
    expect(order).toEqual(['first', 'first ends', 'second']);
    expect(holders[0]).toBe(`process ${process.pid}`);
  });

  test('of another host counts until it has shown no sign of life for a minute', async () => {
    const path = join(machine.home, '.lock');
    const take = (at: AbortSignal) =>
      withLock(machine.home, { signal: at, onWait: () => undefined }, () => Promise.resolve('taken'));
    mkdirSync(machine.home, { recursive: true });
    writeFileSync(path, JSON.stringify({ pid: 1, host: 'elsewhere' }));
    await expect(take(AbortSignal.timeout(700))).rejects.toThrow();
    const old = new Date(Date.now() - 61_000);
    utimesSync(path, old, old);
    expect(await take(signal)).toBe('taken');
  });

  test('is given back by work that fails', async () => {
    const take = (work: () => Promise<void>) => withLock(machine.home, { signal, onWait: () => undefined }, work);
    await expect(take(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(readdirSync(machine.home)).toEqual([]);
  });
});

describe('the doctor', () => {
  const good = (trainingError: number) => ({
    ...{ engine: 'tensorflow', device: 'cpu', versions: {}, threads: 2 },
    measured: { gflops: 100, trainingError, repeatable: { fp32: true } },
  });

  /** A growbench whose probes behave as these scripts do. */
  function growbench(scripts: Readonly<Record<string, string>>): (argv: readonly string[]) => ChildProcess {
    return ([, , name]) => {
      const path = join(machine.index, `${name!}.cjs`);
      writeFileSync(path, scripts[name!] ?? 'process.send({ type: "failed", message: "there is none" })');
      return fork(path, [], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    };
  }
  const sends = (report: unknown) => `process.send(${JSON.stringify(report)}); setInterval(() => {}, 1000)`;
  const diagnose = (scripts: Readonly<Record<string, string>>) =>
    examine({ env: machine.env, fork: growbench(scripts), signal, onEvent: () => undefined });

  test('survives an engine that takes its process down, and says how it died', async () => {
    await installEngine(machine.options);
    const wasm = sends({ type: 'result', result: good(0) });
    const { engines } = await diagnose({ 'cpu-2.21.0': 'process.kill(process.pid, "SIGSEGV")', wasm });
    expect(engines.map(({ name, status }) => [name, status])).toEqual([
      ['cpu-2.21.0', 'broken'],
      ['wasm', 'works'],
    ]);
    expect(engines[0]?.reason).toBe('it was killed by SIGSEGV');
  });

  test('calls an engine broken whose training is off, or not a number', async () => {
    const wasm = async (error: number) =>
      (await diagnose({ wasm: sends({ type: 'result', result: good(error) }) })).engines[0]?.status;
    expect(await wasm(1e-6)).toBe('works');
    expect(await wasm(1e-2)).toBe('broken');
    // JSON has no NaN: it arrives as null, from an engine as from this script.
    expect(await wasm(Number.NaN)).toBe('broken');
  });

  test('tells what auto takes, and why not the others', async () => {
    await installEngine(machine.options);
    const works = sends({ type: 'result', result: good(0) });
    expect((await diagnose({ 'cpu-2.21.0': works, wasm: works })).auto).toEqual({
      name: 'tensorflow',
      why: 'cpu-2.21.0, the fastest here',
      others: [{ name: 'wasm', why: 'it works, but cpu-2.21.0 comes first' }],
    });
    const refuses = sends({ type: 'refused', reason: 'it is Sunday', hint: 'wait' });
    expect((await diagnose({ 'cpu-2.21.0': refuses, wasm: works })).auto).toEqual({
      name: 'wasm',
      why: expect.stringContaining('cpu-2.21.0 cannot be used: it is Sunday') as unknown,
      others: [{ name: 'cpu-2.21.0', why: 'it is Sunday' }],
    });
  });

  test('lists a folder that is no whole engine with how to clear it', async () => {
    const { engine } = await installEngine(machine.options);
    truncateSync(join(engine.folder, engine.addon.path), 3);
    const { engines } = await diagnose({});
    expect(engines.find(({ name }) => name === 'cpu-2.21.0')).toMatchObject({
      status: 'broken',
      reason: 'its tfjs_binding.node has 3 bytes instead of 5',
      hint: 'growbench engine remove cpu-2.21.0',
    });
    // Installing again mends it.
    expect((await installEngine(machine.options)).fresh).toBe(true);
    expect(inspectEngines(machine.home).engines).toHaveLength(1);
  });
});
