import { truncated } from '../format.ts';
import type { Glyphs } from './glyphs.ts';
import { cutTo, nodeLines, widthOf, type Line } from './node-lines.ts';
import type { Progress } from './progress.ts';
import { totalsText } from './totals.ts';

export interface FrameOptions {
  /** A line for the user that is no part of the progress, or empty. */
  readonly notice: string;
  /** Milliseconds, on the clock of the progress. */
  readonly now: number;
  /** Size of the terminal in characters. */
  readonly columns: number;
  readonly rows: number;
  readonly glyphs: Glyphs;
}

/** What is redrawn. */
export interface Frame {
  readonly lines: readonly Line[];
  /** The last line. */
  readonly totals: string;
  /** The most characters that a line may have. */
  readonly width: number;
}

/** Lines kept free below the running nodes: a count of nodes not shown, a notice of two lines, the totals, the cursor's. */
const RESERVED_ROWS = 5;

/** The part of a display that is redrawn; no line of it is wider than the terminal. */
export function frameOf(progress: Progress, { notice, now, columns, rows, glyphs }: FrameOptions): Frame {
  // A character short of the edge: some terminals wrap a line that fills the last column.
  const width = Math.max(1, columns - 1);
  const fitting = progress.running.slice(0, Math.max(1, rows - RESERVED_ROWS));
  const hidden = progress.running.length - fitting.length;
  const texts = [...(hidden > 0 ? [`and ${hidden} more`] : []), ...noticeLines(notice, width)];
  return {
    lines: [
      ...nodeLines(fitting, now, width, glyphs),
      ...texts.map((text) => cutTo([{ text, accent: false }], width, glyphs)),
    ],
    totals: truncated(
      progress.cells.length === 0 ? 'reading records' : totalsText(progress, now, width),
      width,
      glyphs.cut,
    ),
    width,
  };
}

/** A notice on up to two lines, parted between words. */
function noticeLines(notice: string, width: number): string[] {
  if (notice.length <= width) return notice === '' ? [] : [notice];
  const space = notice.lastIndexOf(' ', width);
  return space < 1 ? [notice] : [notice.slice(0, space), notice.slice(space + 1)];
}

/** Characters of each line of a frame. */
export const widthsOf = ({ lines, totals }: Frame): number[] => [...lines.map(widthOf), totals.length];
