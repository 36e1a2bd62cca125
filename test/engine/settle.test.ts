import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import type { Candidate } from '../../src/engine/candidates.ts';
import type { NvidiaDriver } from '../../src/engine/install/driver.ts';
import { thisPlatform, type EngineKind } from '../../src/engine/install/manifest.ts';
import type { ProbeOutcome } from '../../src/engine/install/probe-process.ts';
import { settleEngine, type EngineRequest } from '../../src/engine/settle.ts';

let home = '';
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'growbench-'));
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

/** What an install leaves: a manifest, the package's main module and its addon. */
function place(kind: EngineKind, tensorflow = '2.21.0'): string {
  const folder = join(home, 'engines', `${kind}-${tensorflow}`);
  mkdirSync(join(folder, 'lib'), { recursive: true });
  writeFileSync(join(folder, 'index.js'), '');
  writeFileSync(join(folder, 'lib/addon.node'), 'an addon');
  const manifest = {
    ...{ format: 1, kind, tensorflow, nodePackage: { name: 'tfjs', version: '4' }, entry: 'index.js' },
    ...{ platform: thisPlatform(), wheels: [], addon: { path: 'lib/addon.node', sha256: '' } },
    ...{ sizes: { 'lib/addon.node': 8 }, compiler: 'c++', createdBy: 'a test', created: '2026-01-01' },
  };
  writeFileSync(join(folder, 'engine.json'), JSON.stringify(manifest));
  return folder;
}

const driverOf = (computeCapability: string): NvidiaDriver => ({
  ...{ version: '570', devices: [{ name: 'Card', memory: 81559, computeCapability }] },
});
const CARD = driverOf('9.0');
const loads = ({ name }: Candidate): ProbeOutcome => ({
  ...{ ok: true, result: { engine: name, device: '', versions: {}, threads: 1, measured: null } },
});

interface Options {
  readonly request?: Partial<EngineRequest>;
  readonly driver?: NvidiaDriver | null;
  readonly env?: Readonly<Record<string, string>>;
  readonly probe?: (candidate: Candidate) => ProbeOutcome;
}

function settle(name: EngineRequest['name'], { request, driver = null, env, probe = loads }: Options = {}) {
  return settleEngine(
    { name, precisions: ['fp32'], xla: 'auto', ...request },
    {
      env: { GROWBENCH_HOME: home, ...env },
      driver: () => Promise.resolve(driver),
      probe: (candidate) => Promise.resolve(probe(candidate)),
    },
  );
}

async function taken(...args: Parameters<typeof settle>): Promise<string> {
  const { name, entry } = await settle(...args);
  return `${name} of ${entry === null ? 'nothing' : dirname(entry).split('/').at(-1)!}`;
}

async function refusal(...args: Parameters<typeof settle>): Promise<{ message: string; hint: string }> {
  const error = await settle(...args).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
}

describe('which engine is taken', () => {
  test.each([
    ['auto', null, 'tensorflow of cpu-2.21.0'],
    ['tensorflow', null, 'tensorflow of cpu-2.21.0'],
    ['wasm', null, 'wasm of nothing'],
    ['auto', CARD, 'cuda of cuda-2.21.0'],
    ['tensorflow', CARD, 'cuda of cuda-2.21.0'],
    ['cuda', CARD, 'cuda of cuda-2.21.0'],
    ['wasm', CARD, 'wasm of nothing'],
  ] as const)('with builds for CPU and CUDA, by %s and the driver %j: %s', async (wanted, driver, expected) => {
    place('cpu');
    place('cuda');
    expect(await taken(wanted, { driver })).toBe(expected);
  });

  test('where none is installed: the embedded one, with what brings a faster one', async () => {
    expect(await settle('auto')).toMatchObject({
      name: 'wasm',
      why: expect.stringContaining('growbench engine install') as unknown,
    });
  });

  test('a build for CUDA where there is no card, or the card is hidden, is one for the CPU', async () => {
    place('cuda');
    expect(await taken('auto')).toBe('tensorflow of cuda-2.21.0');
    expect(await taken('auto', { driver: CARD, env: { CUDA_VISIBLE_DEVICES: '-1' } })).toBe(
      'tensorflow of cuda-2.21.0',
    );
  });

  test('a card that no installed build can use is pointed out', async () => {
    place('cpu');
    const { name, why } = await settle('auto', { driver: CARD });
    expect([name, why]).toEqual(['tensorflow', expect.stringContaining('growbench engine install --cuda')]);
  });

  test('the newest TensorFlow of several', async () => {
    for (const version of ['2.9.1', '2.21.0', '2.20.0']) place('cpu', version);
    expect(await taken('auto')).toBe('tensorflow of cpu-2.21.0');
  });
});

describe('an engine that does not load', () => {
  const broken = (label: string) => (candidate: Candidate) =>
    candidate.label === label ? ({ ok: false, reason: 'it crashed', hint: 'mend it' } as const) : loads(candidate);

  test('is passed over by auto, which says so', async () => {
    place('cpu', '2.20.0');
    place('cpu');
    const { entry, why } = await settle('auto', { probe: broken('cpu-2.21.0') });
    expect(entry).toContain('cpu-2.20.0');
    expect(why).toContain('cpu-2.21.0 cannot be used: it crashed');
  });

  test('with CUDA may still load without', async () => {
    place('cuda');
    const noCard = (candidate: Candidate): ProbeOutcome =>
      candidate.name === 'cuda' ? { ok: false, reason: 'no card', hint: '' } : loads(candidate);
    expect(await taken('auto', { driver: CARD, probe: noCard })).toBe('tensorflow of cuda-2.21.0');
    expect((await refusal('cuda', { driver: CARD, probe: noCard })).message).toContain('no card');
  });

  test('and is the only one that was named: refused with the reason and the way out', async () => {
    place('cpu');
    const { message, hint } = await refusal('tensorflow', { probe: broken('cpu-2.21.0') });
    expect(message).toContain('cpu-2.21.0 cannot be used: it crashed');
    expect(hint).toBe('mend it');
  });

  test('because its addon is cut short is found before anything loads it', async () => {
    truncateSync(join(place('cpu'), 'lib/addon.node'), 5);
    const never = (): ProbeOutcome => {
      throw new Error('a torn file was loaded');
    };
    const { name, why } = await settle('auto', { probe: never });
    expect(name).toBe('wasm');
    expect(why).toContain('its addon.node has 5 bytes instead of 8');
    expect((await refusal('tensorflow', { probe: never })).hint).toContain('growbench engine remove cpu-2.21.0');
  });
});

describe('an engine that is named and not there is refused with the command that brings it', () => {
  test.each([
    ['tensorflow', null, 'no TensorFlow engine is installed', '"growbench engine install"'],
    ['cuda', CARD, 'no CUDA engine is installed', '"growbench engine install --cuda"'],
    ['cuda', null, 'needs an NVIDIA card', 'engine: tensorflow runs on the CPU'],
  ] as const)('%s with the driver %j', async (wanted, driver, message, hint) => {
    if (driver !== null) place('cpu');
    const error = await refusal(wanted, { driver });
    expect(error.message).toContain(message);
    expect(error.hint).toContain(hint);
  });
});

describe('bf16', () => {
  const request = { precisions: ['fp32', 'bf16'] } as const;

  test('is refused before anything trains where the engine is WebAssembly, named or not', async () => {
    for (const name of ['wasm', 'auto'] as const) {
      expect((await refusal(name, { request })).message).toContain('WebAssembly engine has no bfloat16');
    }
  });

  test('is taken by cards from compute capability 8.0 on (Ampere)', async () => {
    place('cuda');
    expect(await taken('auto', { request, driver: driverOf('8.0') })).toBe('cuda of cuda-2.21.0');
    expect((await refusal('auto', { request, driver: driverOf('7.5') })).message).toContain('compute capability 7.5');
  });
});

test('auto means no XLA on a CPU, is left to the planned steps on a card, and is none of WebAssembly’s business', async () => {
  place('cpu');
  place('cuda');
  expect((await settle('auto')).xla).toBe('off');
  expect((await settle('auto', { request: { xla: 'on' } })).xla).toBe('on');
  expect((await settle('auto', { driver: CARD })).xla).toBe('auto');
  expect((await settle('wasm', { request: { xla: 'on' } })).xla).toBe('off');
});
