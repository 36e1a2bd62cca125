import { spawn } from 'node:child_process';
import type { Environment } from './home.ts';

export interface ToolOptions {
  readonly env: Environment;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  /** Called for every line of standard output and standard error, as they come. */
  readonly onLine?: (line: string) => void;
}

export interface ToolResult {
  /** The exit code; null where a signal ended it, or where there is no such command (`missing`). */
  readonly code: number | null;
  readonly missing: boolean;
  /** Standard output and standard error, as they came. */
  readonly output: string;
}

/** Runs a command to its end. Rejects only when `signal` aborts it; failing is the caller's to judge. */
export function runTool(command: string, args: readonly string[], options: ToolOptions): Promise<ToolResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], {
      env: { ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stop = () => child.kill('SIGTERM');
    options.signal?.addEventListener('abort', stop, { once: true });
    if (options.signal?.aborted === true) stop();
    let output = '';
    let rest = '';
    const read = (text: string) => {
      output += text;
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) options.onLine?.(line);
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    const finish = (result: ToolResult) => {
      options.signal?.removeEventListener('abort', stop);
      if (rest !== '') options.onLine?.(rest);
      if (options.signal?.aborted === true) reject(options.signal.reason as Error);
      else resolve(result);
    };
    child.on('error', (error) => {
      finish({ code: null, missing: true, output: error.message });
    });
    child.on('close', (code) => {
      finish({ code, missing: false, output });
    });
  });
}

/** The last lines of what a tool printed, for a message. */
export const lastLines = (output: string, count = 6): string =>
  output
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .join('\n');
