import type { ChildProcess } from 'node:child_process';
import { UserError } from '../errors.ts';
import { candidates, nativeBuilds, type Candidate } from './candidates.ts';
import type { CompileOptions, Engine } from './engine.ts';
import { nvidiaDriver, type NvidiaDriver } from './install/driver.ts';
import type { Environment } from './install/home.ts';
import { probeInProcess, type ProbeOutcome } from './install/probe-process.ts';
import { checkCard, checkPrecision } from './precision.ts';
import { settledXla, type WantedXla } from './settled-xla.ts';

/** What a sweep asks of its engine. */
export interface EngineRequest {
  readonly name: 'auto' | Engine['name'];
  /** Of all its arms. */
  readonly precisions: readonly CompileOptions['precision'][];
  readonly xla: WantedXla;
}

/** The engine that a sweep runs on. */
export interface SettledEngine {
  readonly name: Engine['name'];
  /** The main module of the tfjs-node to load; null for the embedded engine. */
  readonly entry: string | null;
  /** For people: why it and not another. */
  readonly why: string;
  /** As it was asked for, or what `auto` comes to on this engine. */
  readonly xla: WantedXla;
}

/** What settling looks at; tests bring their own. */
export interface Surroundings {
  readonly env: Environment;
  /** The NVIDIA driver and its cards; null where there is none. */
  readonly driver: () => Promise<NvidiaDriver | null>;
  /** Loads an engine in a process of its own, since a broken one can take its process down. */
  readonly probe: (candidate: Candidate) => Promise<ProbeOutcome>;
}

/**
 * This machine. `fork` starts growbench itself, with an IPC channel and a piped stderr; `signal` ends what it started,
 * and rejects with its reason.
 */
export const surroundings = (
  env: Environment,
  fork: (argv: readonly string[]) => ChildProcess,
  signal = new AbortController().signal,
): Surroundings => ({
  env,
  driver: () => nvidiaDriver(env),
  probe: ({ label, name }) => probeInProcess(label, () => fork(['engine', 'probe', label, '--as', name]), signal),
});

/**
 * The engine that a sweep runs on, settled before any cell is named and without loading one into this process. `auto`
 * is the best that loads: TensorFlow on a card, TensorFlow on the CPU, WebAssembly. `tensorflow` is the first or the
 * second, `cuda` the first. Throws a UserError where the one that is named is not there or does not load, with the
 * command that brings it, and where the one that is taken lacks a precision that is asked for.
 */
export async function settleEngine(request: EngineRequest, around: Surroundings): Promise<SettledEngine> {
  const driver = request.name === 'wasm' ? null : await around.driver();
  const settled = await choose(request.name, driver !== null && !hidesCards(around.env), around);
  for (const precision of request.precisions) {
    if (settled.name === 'cuda') checkCard(precision, driver?.devices ?? []);
    else checkPrecision(precision, settled.name);
  }
  return { ...settled, xla: settledXla(request.xla, settled.name) };
}

/** CUDA's own way of saying that a program is to see no card. */
const hidesCards = ({ CUDA_VISIBLE_DEVICES: visible }: Environment): boolean => visible === '' || visible === '-1';

type Chosen = Omit<SettledEngine, 'xla'>;

async function choose(wanted: EngineRequest['name'], card: boolean, around: Surroundings): Promise<Chosen> {
  if (wanted === 'wasm') return { name: 'wasm', entry: null, why: 'it was named' };
  if (wanted === 'cuda' && !card) throw noDriver();
  const { builds, unusable } = nativeBuilds(around.env);
  const open = candidates(builds, card).filter(({ name }) => wanted !== 'cuda' || name === 'cuda');
  const failures = unusable.map(({ name, reason }) => ({
    label: name,
    reason,
    hint: `Build it anew: growbench engine remove ${name}, then growbench engine install`,
  }));
  for (const candidate of open) {
    const outcome = await around.probe(candidate);
    if (outcome.ok) return { ...pick(candidate), why: reasons(candidate, wanted, card, failures) };
    failures.push({ label: candidate.label, reason: outcome.reason, hint: outcome.hint });
  }
  if (wanted !== 'auto') throw notThere(wanted, failures);
  return { name: 'wasm', entry: null, why: ['it is embedded and slow', ...failed(failures), ADVICE].join('; ') };
}

interface Failure {
  readonly label: string;
  readonly reason: string;
  readonly hint: string;
}

const ADVICE = 'growbench engine install brings a fast one';

const pick = ({ name, entry }: Candidate) => ({ name, entry });

const failed = (failures: readonly Failure[]): string[] =>
  failures.map(({ label, reason }) => `${label} cannot be used: ${reason}`);

function reasons(
  { label, name }: Candidate,
  wanted: EngineRequest['name'],
  card: boolean,
  failures: readonly Failure[],
): string {
  const best = wanted === 'auto' ? `${label}, the fastest here` : label;
  const idle = card && name === 'tensorflow' ? ['the NVIDIA card lies idle: growbench engine install --cuda'] : [];
  return [best, ...idle, ...failed(failures)].join('; ');
}

const noDriver = (): UserError =>
  new UserError(
    'engine: cuda needs an NVIDIA card, and no driver of one is found',
    'engine: tensorflow runs on the CPU. See growbench engine doctor for what is there.',
  );

function notThere(wanted: 'tensorflow' | 'cuda' | 'wasm', failures: readonly Failure[]): UserError {
  const [first] = failures;
  if (first === undefined) {
    const [what, command] = wanted === 'cuda' ? ['CUDA', ' --cuda'] : ['TensorFlow', ''];
    return new UserError(
      `no ${what} engine is installed`,
      `Put one in place with "growbench engine install${command}".`,
    );
  }
  return new UserError(`engine: ${wanted} cannot be used\n${failed(failures).join('\n')}`, first.hint);
}
