import { isMapping } from './at-path.ts';

/** Values of a grid at most: beyond this many no comparison can be read, let alone run. */
const MOST_VALUES = 10_000;

/**
 * The sweep with every `{ range: [from, to, step] }` (both ends included) and `{ log: [from, to, count] }` (evenly
 * spaced in their logarithms) of its grids written out as a list. One that does not fit is left for the schema to
 * refuse.
 */
export function writeOutRanges(sweep: unknown): unknown {
  if (!isMapping(sweep)) return sweep;
  return Object.fromEntries(
    Object.entries(sweep).map(([key, value]) => {
      if (key === 'grid' || key === 'zip') return [key, writeOutGrid(value)];
      if (key !== 'cases' || !isMapping(value)) return [key, value];
      return [key, Object.fromEntries(Object.entries(value).map(([name, one]) => [name, writeOutRanges(one)]))];
    }),
  );
}

function writeOutGrid(grid: unknown): unknown {
  if (!isMapping(grid)) return grid;
  return Object.fromEntries(Object.entries(grid).map(([setting, values]) => [setting, valuesOf(values) ?? values]));
}

function valuesOf(values: unknown): number[] | null {
  if (!isMapping(values) || Object.keys(values).length !== 1) return null;
  const [kind, numbers] = Object.entries(values)[0]!;
  if (!Array.isArray(numbers) || numbers.length !== 3 || !numbers.every((one) => Number.isFinite(one))) return null;
  const [from, to, third] = numbers as [number, number, number];
  if (kind === 'range') return rangeOf(from, to, third);
  return kind === 'log' ? logOf(from, to, third) : null;
}

function rangeOf(from: number, to: number, step: number): number[] | null {
  // An end that is missed by rounding only is an end that is reached.
  const steps = Math.floor((to - from) / step + 1e-9);
  if (!(steps >= 0 && steps < MOST_VALUES)) return null;
  return Array.from({ length: steps + 1 }, (_, index) => tidy(from + index * step));
}

function logOf(from: number, to: number, count: number): number[] | null {
  const fits = from > 0 && to > 0 && Number.isInteger(count) && count >= 2 && count <= MOST_VALUES;
  if (!fits) return null;
  return Array.from({ length: count }, (_, index) => tidy(from * (to / from) ** (index / (count - 1))));
}

/** Without the last digits, which rounding made: 0.30000000000000004 is 0.3. */
const tidy = (value: number): number => Number(value.toPrecision(12));
