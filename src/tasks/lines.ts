import { UserError } from '../errors.ts';
import type { Source } from './source.ts';

/** Ten times the lines of the largest file of GLUE. What every line leaves behind must fit in memory. */
export const MOST_LINES = 2 ** 22;
/** No example of a data set comes near: such a line is a file without line ends, and is not taken apart. */
export const LONGEST_LINE = 2 ** 20;

/** The lines of a file, without their ends. Throws a UserError where there are more than MOST_LINES. */
export function linesOf({ name, text }: Source): string[] {
  const lines = text.split('\n', MOST_LINES + 2);
  if (lines.at(-1) === '') lines.pop();
  if (lines.length > MOST_LINES) {
    throw new UserError(
      `${name}:${MOST_LINES + 1} must not be there: the file has more than ${MOST_LINES.toLocaleString('en')} lines`,
      'Take fewer examples.',
    );
  }
  return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
}

/** Why a line is not worth taking apart; null for one that is. */
export function lineFault(line: string): string | null {
  if (line.length > LONGEST_LINE) return `${line.length.toLocaleString('en')} characters`;
  return line.includes('\0') ? 'a NUL character' : null;
}
