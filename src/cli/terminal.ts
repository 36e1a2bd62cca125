import type { Io } from './io.ts';
import type { TableOptions } from './table.ts';

/** Width of a table that goes to a file or a pipe, where nothing is too narrow: wide enough for every column. */
const UNLIMITED = 1000;

/** How tables are drawn on stdout. */
export function tableOptions({ stdout, env }: Pick<Io, 'stdout' | 'env'>): TableOptions {
  return { columns: stdout.isTTY === true ? (stdout.columns ?? 80) : UNLIMITED, colour: wantsColour(stdout, env) };
}

/** Whether stderr is a terminal on which lines can be redrawn. */
export function canDraw({ stderr, env }: Pick<Io, 'stderr' | 'env'>): boolean {
  return stderr.isTTY === true && env.TERM !== 'dumb' && !isSet(env.CI);
}

/** Whether colours are wanted on a stream: NO_COLOR (no-color.org) and FORCE_COLOR go before what the stream is. */
export function wantsColour(stream: Io['stdout'], env: Io['env']): boolean {
  if (isSet(env.NO_COLOR)) return false;
  if (isSet(env.FORCE_COLOR)) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return stream.isTTY === true && env.TERM !== 'dumb';
}

/** Whether a variable of the environment says something. */
export const isSet = (value: string | undefined): boolean => value !== undefined && value !== '';
