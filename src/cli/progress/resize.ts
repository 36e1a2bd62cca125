import type { Io } from '../io.ts';
import { widthsOf, type Frame } from './frame.ts';

const ERASE_ROW_AND_GO_UP = '\u001B[2K\u001B[1A';

/**
 * What to write, with the cursor below a frame, so that as many rows are left of it as it has lines: on a terminal that
 * has become narrower, its lines may have wrapped. The frame was drawn, and cut, at `before` columns; there are `now`.
 */
export function eraseWrapped(frame: Frame, before: number, now: number, env: Io['env']): string {
  if (!rewraps(env)) return '';
  const widths = widthsOf(frame).map((width) => Math.min(width, before));
  const rows = widths.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / now)), 0);
  return ERASE_ROW_AND_GO_UP.repeat(rows - widths.length);
}

/** Whether a terminal wraps anew what it shows when its width changes. Nearly all do; xterm and screen cut it off. */
const rewraps = ({ TMUX, XTERM_VERSION, STY }: Io['env']): boolean =>
  TMUX !== undefined || (XTERM_VERSION === undefined && STY === undefined);
