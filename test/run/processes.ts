import { spawn, type ChildProcess } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SweepEvent } from '../../src/run/events.ts';
import type { Plan } from '../../src/run/plan.ts';

const script = fileURLToPath(new URL('../fixtures/sweep-process.mjs', import.meta.url));

export interface SweepProcess {
  readonly child: ChildProcess;
  /** What it has printed so far. */
  readonly events: readonly SweepEvent[];
  readonly ended: Promise<{ readonly code: number | null; readonly err: string }>;
}

/** Starts a sweep in a process of its own, on `folder`/results. */
export async function startSweep(plan: Plan, folder: string, jobs: number, cellMs = 40): Promise<SweepProcess> {
  const path = join(folder, 'plan.json');
  await writeFile(path, JSON.stringify(plan));
  const child = spawn(process.execPath, [script, path, join(folder, 'results'), String(jobs)], {
    env: { ...process.env, CELL_MS: String(cellMs) },
  });
  const events: SweepEvent[] = [];
  let rest = '';
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    events.push(...lines.map((line) => JSON.parse(line) as SweepEvent));
  });
  const ended = new Promise<{ code: number | null; err: string }>((resolve) => {
    child.on('close', (code) => {
      resolve({ code, err });
    });
  });
  return { child, events, ended };
}

export interface Training {
  readonly what: string;
  readonly id: string;
  readonly pid: number;
}

/** What workers noted: beginnings and ends of cells. */
export async function trainings(folder: string): Promise<Training[]> {
  const text = await readFile(join(folder, 'results.log'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [what = '', id = '', pid = ''] = line.split(' ');
      return { what, id, pid: Number(pid) };
    });
}
