import type { Io } from '../io.ts';
import { rowsOf, type Frame } from './frame.ts';

const ERASE_ROW_AND_GO_UP = '\u001B[2K\u001B[1A';

/**
 * What to write, with the cursor below a drawn frame, so that as many rows are left of it as it has lines: on a terminal
 * that has become narrower, its lines may have wrapped.
 */
export function eraseWrapped(frame: Frame, columns: number, env: Io['env']): string {
  if (!rewraps(env)) return '';
  return ERASE_ROW_AND_GO_UP.repeat(rowsOf(frame, columns) - frame.lines.length - 1);
}

/** Whether a terminal wraps anew what it shows when its width changes. Nearly all do; xterm and screen cut it off. */
const rewraps = ({ TMUX, XTERM_VERSION, STY }: Io['env']): boolean =>
  TMUX !== undefined || (XTERM_VERSION === undefined && STY === undefined);
