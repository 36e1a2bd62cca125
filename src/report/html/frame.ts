import { CHART_WIDTH } from './chart.ts';

/** The rectangle that a chart's marks lie in, with what its scales span. */
export interface Frame {
  readonly x: readonly [low: number, high: number];
  readonly y: readonly [low: number, high: number];
  readonly width: number;
  readonly height: number;
  readonly margin: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number };
}

/** Around all values, with this share of their range to spare on either side. */
const SPARE = 0.08;

/** A frame of the common width for values that are all to be seen. A range of nothing is widened. */
export function frameOf(x: readonly number[], y: readonly number[], height: number): Frame {
  return {
    x: spanOf(x),
    y: spanOf(y),
    width: CHART_WIDTH,
    height,
    margin: { left: 52, right: 14, top: 26, bottom: 40 },
  };
}

function spanOf(values: readonly number[]): [number, number] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const spare = high > low ? SPARE * (high - low) : Math.max(Math.abs(low), 1) / 2;
  return [low - spare, high + spare];
}

/** Where a value lies in the picture, in its units from the upper left. */
export function position({ x, y, width, height, margin }: Frame, [valueX, valueY]: readonly [number, number]) {
  const [across, down] = [width - margin.left - margin.right, height - margin.top - margin.bottom];
  return {
    left: margin.left + (across * (valueX - x[0])) / (x[1] - x[0]),
    top: margin.top + down * (1 - (valueY - y[0]) / (y[1] - y[0])),
  };
}

/** The values that lie so many units right of and below those of a point. */
export function valueAt(
  { x, y, width, height, margin }: Frame,
  [fromX, fromY]: readonly [number, number],
  { dx, dy }: { readonly dx: number; readonly dy: number },
): [number, number] {
  const [across, down] = [width - margin.left - margin.right, height - margin.top - margin.bottom];
  return [fromX + (dx * (x[1] - x[0])) / across, fromY - (dy * (y[1] - y[0])) / down];
}
