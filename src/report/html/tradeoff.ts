import type { ArmRow } from '../arms.ts';
import type { Estimate } from '../statistics/interval.ts';
import type { ReportedPoint } from './arms.ts';
import { differenceText, type Measure } from './measure.ts';
import { LOOKS, type Look } from './palette.ts';
import { speedupText } from './words.ts';

/** An arm in the plane of speedup and quality. */
export interface Dot {
  readonly name: string;
  readonly text: string;
  readonly colour: string;
  readonly symbol: Look['symbol'];
  readonly grown: boolean;
  readonly x: number;
  readonly y: number;
  readonly speedup: Estimate;
  readonly difference: Estimate;
  readonly title: string;
}

/** Characters of an arm's name in a chart; the whole name is in its title. */
const LONGEST_NAME = 18;

/** The arms of which both the speedup and the difference in quality from the baseline are known. */
export function dotsOf(point: ReportedPoint, measure: Measure, speedupOf: (row: ArmRow) => Estimate): Dot[] {
  return point.arms.flatMap(({ row, grown }): Dot[] => {
    const [speedup, difference] = [speedupOf(row), measure.difference(row)];
    if (speedup.value === null || difference.value === null) return [];
    return [
      {
        name: row.arm,
        text: row.arm.length <= LONGEST_NAME ? row.arm : `${row.arm.slice(0, LONGEST_NAME - 1)}…`,
        ...LOOKS[row.dimension],
        grown,
        x: speedup.value,
        y: difference.value,
        speedup,
        difference,
        title: `${row.arm}: speedup ${speedupText(speedup.value)}, ${measure.name} ${differenceText(difference, measure)}`,
      },
    ];
  });
}
