import type { ChildProcess } from 'node:child_process';
import { explainLoadFailure } from './load-failure.ts';
import type { ProbeResult } from './probe.ts';

/** What the child sends to the process that started it. */
export type Report =
  | { readonly type: 'result'; readonly result: ProbeResult }
  | { readonly type: 'refused'; readonly reason: string; readonly hint: string }
  | { readonly type: 'failed'; readonly message: string };

export type ProbeOutcome =
  | { readonly ok: true; readonly result: ProbeResult }
  | { readonly ok: false; readonly reason: string; readonly hint: string };

/** Opening CUDA compiles its kernels for a new card, which can take a minute; more means that it hangs. */
const LONGEST_MS = 180_000;

/** Tries an engine in the process that `start` starts: an addon that is broken can take down no more than that. */
export function probeInProcess(name: string, start: () => ChildProcess, signal: AbortSignal): Promise<ProbeOutcome> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const child = start();
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-8000);
    });
    const stop = () => child.kill('SIGKILL');
    const timer = setTimeout(() => {
      said += `\nit did not answer within ${LONGEST_MS / 1000} s`;
      stop();
    }, LONGEST_MS);
    signal.addEventListener('abort', stop, { once: true });
    const finish = (outcome: ProbeOutcome) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      // It has told all that it was started for; whatever the engine keeps open must not keep it.
      stop();
      if (signal.aborted) reject(signal.reason as Error);
      else resolve(outcome);
    };
    child.on('message', (message) => {
      const report = message as Report;
      switch (report.type) {
        case 'result':
          finish({ ok: true, result: report.result });
          break;
        case 'refused':
          finish({ ok: false, reason: report.reason, hint: report.hint });
          break;
        case 'failed':
          finish({ ok: false, ...explainLoadFailure(name, report.message) });
          break;
      }
    });
    child.on('error', (error) => {
      finish({ ok: false, ...explainLoadFailure(name, error.message) });
    });
    child.on('close', (_code, killedBy) => {
      finish({ ok: false, ...explainLoadFailure(name, `${said}\n${killed(killedBy)}`) });
    });
  });
}

const killed = (by: NodeJS.Signals | null): string => (by === null ? '' : `it was killed by ${by}`);
