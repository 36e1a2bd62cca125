import type { Place, Problem } from './problem.ts';

/** A sweep file's text and the name it was asked for by. */
export interface Source {
  readonly file: string;
  readonly text: string;
  /** The offset of its first character, where several files are read as one text. */
  readonly start: number;
}

/** Columns that a frame shows of a line: of long ones those around the caret. */
const FRAME_COLUMNS = 100;

/**
 * The text of every problem, each once, in the order of the file (options first): `file:line:column: subject message`, the line with
 * its neighbours and a caret, and what to do.
 */
export function renderProblems(sources: readonly Source[], problems: readonly Problem[]): string[] {
  const order = (place: Place) => (place.in === 'file' ? place.offset : -1);
  const sorted = problems.toSorted((a, b) => order(a.place) - order(b.place));
  return [...new Set(sorted.map((problem) => renderProblem(sources, problem)))];
}

function renderProblem(sources: readonly Source[], { place, subject, message, hint }: Problem): string {
  const about = subject === '' ? message : `${subject} ${message}`;
  const advice = hint === '' ? [] : [`  ${hint}`];
  if (place.in === 'override') return [`--set ${place.option}: ${about}`, ...advice].map(printable).join('\n');
  const source = sourceAt(sources, place.offset);
  const { line, column } = position(source.text, place.offset - source.start);
  const head = printable(`${source.file}:${line}:${column}: ${about}`);
  return [head, ...frame(source.text, line, column), ...advice.map(printable)].join('\n');
}

/** The file that an offset is in. */
export const sourceAt = (sources: readonly Source[], offset: number): Source =>
  sources.findLast(({ start }) => start <= offset) ?? sources[0]!;

/** Line and column of an offset, both counted from 1. */
export function position(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split(LINE_BREAK);
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

const LINE_BREAK = /\r\n|\r|\n/;

function frame(text: string, line: number, column: number): string[] {
  const lines = text.split(LINE_BREAK);
  const digits = String(line + 1).length;
  const start = column < FRAME_COLUMNS * 0.8 ? 0 : column - 1 - FRAME_COLUMNS / 2;
  return [line - 1, line, line + 1].flatMap((number) => {
    const content = lines[number - 1];
    if (content === undefined) return [];
    const shown = printable(content.slice(start, start + FRAME_COLUMNS));
    const row = `${number === line ? '>' : ' '} ${String(number).padStart(digits)} | ${shown}`.trimEnd();
    return number === line ? [row, `  ${' '.repeat(digits)} | ${' '.repeat(column - 1 - start)}^`] : [row];
  });
}

/** A file must not be able to move the cursor or colour the terminal: control characters become blanks. */
const printable = (text: string): string => text.replaceAll(/[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu, ' ');
