import type { CellRecord } from './record.ts';

/** So many cells in a row with the same error, and the next would have it too. */
const SAME_IN_A_ROW = 3;

/** Why a sweep runs no more cells. */
export interface Stop {
  readonly why: string;
  /** Whether cells in training are stopped too. */
  readonly atOnce: boolean;
}

/** The line of a failed cell's error that says most: the first, and where a process died the last that it wrote. */
export function errorLine(error: string): string {
  const lines = error.split('\n').filter((line) => line.trim() !== '');
  const first = lines[0] ?? 'no reason known';
  return first.endsWith(':') && lines.length > 1 ? `${first} ${lines.at(-1)!.trim()}` : first;
}

/** Looks at finished cells one by one, in the order in which they end, and says when a sweep should stop. */
export class FailureWatch {
  readonly #failFast: boolean;
  #last: string | null = null;
  #inARow = 0;

  constructor(failFast: boolean) {
    this.#failFast = failFast;
  }

  see({ cell, result, error }: CellRecord): Stop | null {
    const line = result === null ? errorLine(error ?? '') : null;
    this.#inARow = line !== null && line === this.#last ? this.#inARow + 1 : 1;
    this.#last = line;
    if (line === null) return null;
    if (this.#failFast) return { why: `${cell.arm} seed ${cell.seed} failed (--fail-fast): ${line}`, atOnce: true };
    if (this.#inARow < SAME_IN_A_ROW) return null;
    return { why: `${SAME_IN_A_ROW} cells in a row failed with the same error: ${line}`, atOnce: false };
  }
}
