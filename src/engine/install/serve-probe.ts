import { UserError } from '../../errors.ts';
import { openEngine, type Choice } from '../choose.ts';
import { nativeBuilds } from '../candidates.ts';
import type { Engine } from '../engine.ts';
import type { Environment } from './home.ts';
import { probe } from './probe.ts';
import type { Report } from './probe-process.ts';

/** The channel to the process that started this one. */
export interface Channel {
  send(report: unknown): void;
}

/** What is to be tried. */
export interface ProbeRequest {
  /** An installed engine, a stock package, or `wasm`. */
  readonly label: string;
  /** What it is to be: a build for CUDA can be either. */
  readonly as: Engine['name'];
  /** Whether it is measured too, or only opened. */
  readonly measure: boolean;
}

/** The child's side of a probe: opens an engine, tries it, and reports. */
export async function serveProbe(request: ProbeRequest, env: Environment, channel: Channel): Promise<void> {
  let report: Report;
  try {
    report = { type: 'result', result: await probe(await open(request, env), request.measure) };
  } catch (error) {
    report =
      error instanceof UserError
        ? { type: 'refused', reason: error.message, hint: error.hint }
        : { type: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
  channel.send(report);
}

function open({ label, as }: ProbeRequest, env: Environment): Promise<Choice> {
  if (label === 'wasm') return openEngine('wasm');
  const build = nativeBuilds(env).builds.find((other) => other.label === label);
  if (build === undefined) throw new Error(`there is no engine "${label}"`);
  return openEngine(as, { entry: build.entry });
}
