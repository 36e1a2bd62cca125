import type { ChildProcess } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { candidates, nativeBuilds, type Candidate } from '../candidates.ts';
import { settleEngine, type SettledEngine } from '../settle.ts';
import { nvidiaDriver, type NvidiaDriver } from './driver.ts';
import { withHeartbeat, unknownAmounts, type OnEvent } from './events.ts';
import { inspectEngines } from './find.ts';
import { enginesFolder, growbenchHome, type Environment } from './home.ts';
import type { EngineManifest } from './manifest.ts';
import { ACCEPTED_ERROR, type ProbeResult } from './probe.ts';
import { probeInProcess, type ProbeOutcome } from './probe-process.ts';
import { glibcVersion } from './tags.ts';

/** One engine and whether it works here. */
export interface EngineReport {
  /** `cpu-2.21.0`, the name of a stock npm package, or `wasm`. */
  readonly name: string;
  /** Null for the embedded one. */
  readonly folder: string | null;
  /** Of an installed one. */
  readonly manifest: Pick<EngineManifest, 'kind' | 'tensorflow' | 'nodePackage' | 'compiler' | 'created'> | null;
  readonly status: 'works' | 'broken';
  /** Of a broken one: why, and what to do. */
  readonly reason: string | null;
  readonly hint: string | null;
  readonly probe: ProbeResult | null;
}

export interface DoctorReport {
  readonly folder: string;
  readonly node: string;
  readonly platform: string;
  readonly glibc: string | null;
  readonly cpu: string;
  readonly cores: number;
  readonly nvidia: NvidiaDriver | null;
  /** The native ones best first, then the embedded one, then what cannot be used at all. */
  readonly engines: readonly EngineReport[];
  /** What `engine: auto` takes, and why not the others. */
  readonly auto: Pick<SettledEngine, 'name' | 'why'> & {
    readonly others: readonly { readonly name: string; readonly why: string }[];
  };
}

export interface DoctorOptions {
  readonly env: Environment;
  /** Starts growbench itself with these arguments, with an IPC channel and a piped stderr. */
  readonly fork: (argv: readonly string[]) => ChildProcess;
  readonly signal: AbortSignal;
  readonly onEvent: OnEvent;
}

/** Tries every engine that is there, each in a process of its own, one after the other so that none slows another. */
export async function examine(options: DoctorOptions): Promise<DoctorReport> {
  const { env } = options;
  const nvidia = await nvidiaDriver(env);
  const outcomes = new Map<string, ProbeOutcome>();
  const native = await examineNative(nvidia !== null, outcomes, options);
  const wasm = judge('wasm', await tryEngine({ label: 'wasm', name: 'wasm' }, options));
  const engines = [
    ...native,
    { name: 'wasm', folder: null, manifest: null, ...wasm },
    ...nativeBuilds(env).unusable.map(({ name, folder, reason }): EngineReport => {
      const hint = `growbench engine remove ${name}`;
      return { name, folder, manifest: null, status: 'broken', reason, hint, probe: null };
    }),
  ];
  const probe = (candidate: Candidate) => Promise.resolve(outcomes.get(keyOf(candidate))!);
  const auto = await settleEngine(
    { name: 'auto', precisions: [], xla: 'auto' },
    { env, driver: () => Promise.resolve(nvidia), probe },
  );
  const home = growbenchHome(env);
  return {
    folder: enginesFolder(home),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    glibc: glibcVersion(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    nvidia,
    engines,
    auto: { name: auto.name, why: auto.why, others: notTaken(engines, auto, env) },
  };
}

/** Every native engine as the best that it can be here. The outcomes are kept for whoever chooses. */
async function examineNative(
  card: boolean,
  outcomes: Map<string, ProbeOutcome>,
  options: DoctorOptions,
): Promise<EngineReport[]> {
  const { builds } = nativeBuilds(options.env);
  const installed = inspectEngines(growbenchHome(options.env)).engines;
  const reports = new Map<string, EngineReport>();
  for (const candidate of candidates(builds, card)) {
    const { label } = candidate;
    const outcome = await tryEngine(candidate, options);
    outcomes.set(keyOf(candidate), outcome);
    const manifest = installed.find(({ name }) => name === label) ?? null;
    const folder = builds.find((build) => build.label === label)?.folder ?? null;
    // A build for CUDA that does not work as one may still work on the CPU.
    if (reports.get(label)?.status === 'works') continue;
    reports.set(label, { name: label, folder, manifest: manifest && excerpt(manifest), ...judge(label, outcome) });
  }
  return [...reports.values()];
}

const keyOf = ({ label, name }: Pick<Candidate, 'label' | 'name'>): string => `${label} as ${name}`;

const excerpt = ({ kind, tensorflow, nodePackage, compiler, created }: EngineManifest): EngineReport['manifest'] => ({
  ...{ kind, tensorflow, nodePackage, compiler, created },
});

/** Why `auto` took none of the others: they are broken, or slower. */
function notTaken(
  engines: readonly EngineReport[],
  auto: SettledEngine,
  env: Environment,
): { name: string; why: string }[] {
  const taken = nativeBuilds(env).builds.find(({ entry }) => entry === auto.entry)?.label ?? 'wasm';
  return engines
    .filter(({ name }) => name !== taken)
    .map(({ name, reason }) => ({ name, why: reason ?? `it works, but ${taken} comes first` }));
}

function tryEngine(
  { label, name }: { readonly label: string; readonly name: string },
  { fork, signal, onEvent }: DoctorOptions,
): Promise<ProbeOutcome> {
  const start = () => fork(['engine', 'probe', label, '--as', name, '--measure']);
  return withHeartbeat(onEvent, `trying ${label}`, unknownAmounts, probeInProcess(label, start, signal));
}

function judge(name: string, outcome: ProbeOutcome): Pick<EngineReport, 'status' | 'reason' | 'hint' | 'probe'> {
  if (!outcome.ok) return { status: 'broken', reason: outcome.reason, hint: outcome.hint, probe: null };
  const { measured } = outcome.result;
  const error = measured === null ? 0 : measured.trainingError;
  if (error !== null && error <= ACCEPTED_ERROR) {
    return { status: 'works', reason: null, hint: null, probe: outcome.result };
  }
  const off = error === null ? 'gives numbers that are none' : `is off by ${error.toExponential(1)}`;
  const reason = `a tiny training ${off} (accepted: ${ACCEPTED_ERROR})`;
  return {
    status: 'broken',
    reason,
    hint: name.startsWith('@')
      ? 'Do not train on it: remove the package.'
      : `Do not train on it: growbench engine remove ${name}`,
    probe: outcome.result,
  };
}
