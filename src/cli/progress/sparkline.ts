import type { Glyphs } from './glyphs.ts';

/** The last values as a row of `width` bars, the latest last; the lowest and the highest of them span the heights. */
export function sparkline(values: readonly number[], width: number, { levels }: Pick<Glyphs, 'levels'>): string {
  const shown = values.slice(-width);
  const finite = shown.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const top = levels.length - 1;
  const level = (value: number): number => {
    if (!Number.isFinite(value)) return top;
    return high > low ? Math.round((top * (value - low)) / (high - low)) : 0;
  };
  return shown.map((value) => levels[level(value)]).join('');
}
