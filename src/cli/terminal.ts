import type { Io } from './io.ts';
import { wantsColour } from './progress/display.ts';
import type { TableOptions } from './table.ts';

/** Width of a table that goes to a file or a pipe, where nothing is too narrow: wide enough for every column. */
const UNLIMITED = 1000;

/** How tables are drawn on stdout. */
export function tableOptions({ stdout, env }: Pick<Io, 'stdout' | 'env'>): TableOptions {
  return { columns: stdout.isTTY === true ? (stdout.columns ?? 80) : UNLIMITED, colour: wantsColour(stdout, env) };
}
