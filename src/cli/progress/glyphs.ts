import type { Io } from '../io.ts';

/** The signs that a display is drawn with, each one character wide. */
export interface Glyphs {
  readonly full: string;
  readonly empty: string;
  /** From low to high. */
  readonly levels: readonly string[];
  readonly done: string;
  readonly failed: string;
  /** Where a text is cut. */
  readonly cut: string;
}

export const UNICODE: Glyphs = {
  full: '█',
  empty: '─',
  levels: ['▁', '▂', '▃', '▅', '▇'],
  done: '✓',
  failed: '✗',
  cut: '…',
};
export const ASCII: Glyphs = {
  full: '#',
  empty: '-',
  levels: ['_', '.', '-', '=', '^'],
  done: '+',
  failed: 'x',
  cut: '~',
};

/** The signs that a terminal can show: plain ones unless the locale (POSIX: the first of these that is set) says UTF-8. */
export function glyphsFor(env: Io['env']): Glyphs {
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value !== undefined && value !== '') ?? '';
  // The console of Linux has one small font, whatever the locale.
  return /utf-?8/i.test(locale) && env.TERM !== 'linux' ? UNICODE : ASCII;
}
