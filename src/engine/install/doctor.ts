import type { ChildProcess } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
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
  readonly name: string;
  /** Null for the embedded one. */
  readonly folder: string | null;
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
  readonly engines: readonly EngineReport[];
  /** What `engine: auto` takes; null where nothing opens. */
  readonly auto: { readonly engine: string; readonly device: string; readonly why: string } | null;
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
  const home = growbenchHome(options.env);
  const { engines, unusable } = inspectEngines(home);
  const reports: EngineReport[] = [];
  for (const { name, folder, ...manifest } of engines) {
    const { kind, tensorflow, nodePackage, compiler, created } = manifest;
    const found = { name, folder, manifest: { kind, tensorflow, nodePackage, compiler, created } };
    reports.push({ ...found, ...judge(name, await tryEngine(name, true, options)) });
  }
  reports.push({
    name: 'wasm',
    folder: null,
    manifest: null,
    ...judge('wasm', await tryEngine('wasm', true, options)),
  });
  for (const { name, folder, reason } of unusable) {
    const hint = `growbench engine remove ${name}`;
    reports.push({ name, folder, manifest: null, status: 'broken', reason, hint, probe: null });
  }
  const auto = await tryEngine('auto', false, options);
  return {
    folder: enginesFolder(home),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    glibc: glibcVersion(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    nvidia: await nvidiaDriver(options.env),
    engines: reports,
    auto: auto.ok ? { engine: auto.result.engine, device: auto.result.device, why: auto.result.why } : null,
  };
}

function tryEngine(name: string, measure: boolean, { fork, signal, onEvent }: DoctorOptions): Promise<ProbeOutcome> {
  const start = () => fork(['engine', 'probe', name, ...(measure ? ['--measure'] : [])]);
  const text = measure ? `trying ${name}` : 'asking what auto takes';
  return withHeartbeat(onEvent, text, unknownAmounts, probeInProcess(name, start, signal));
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
    hint: `Do not train on it: growbench engine remove ${name}`,
    probe: outcome.result,
  };
}
