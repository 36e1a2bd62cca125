import * as Plot from '@observablehq/plot';
import type { ArmRow } from '../arms.ts';
import { signedPercent } from '../quantity.ts';
import type { Estimate } from '../statistics/interval.ts';
import type { ReportedPoint } from './arms.ts';
import { chart } from './chart.ts';
import { frameOf } from './frame.ts';
import { placeLabels } from './labels.ts';
import { html, listed, type Markup } from './markup.ts';
import { differenceText, measureOf, signed, type Measure } from './measure.ts';
import { LOOKS, type Look } from './palette.ts';
import { paretoFront } from './pareto.ts';

interface Dot {
  readonly name: string;
  readonly text: string;
  readonly look: Look;
  readonly grown: boolean;
  readonly x: number;
  readonly y: number;
  readonly speedup: Estimate;
  readonly difference: Estimate;
  readonly title: string;
}

const HEIGHT = 320;
/** Characters of an arm's name in a chart; the whole name is in its title. */
const LONGEST_NAME = 18;

/** Quality against speedup, once in FLOPs and once in time; nothing where no arm has both. */
export function tradeoffCharts(point: ReportedPoint): Markup | null {
  const measure = measureOf(point);
  const flops = dotsOf(point, measure, ({ speedupFlops }) => ({ value: speedupFlops, low: null, high: null }));
  const time = dotsOf(point, measure, ({ speedupTime }) => speedupTime);
  if (flops.length === 0) return null;
  return html`<div class="charts large">
    ${figure('FLOPs', flops, measure, point)}${time.length === 0 ? null : figure('time', time, measure, point)}
  </div>`;
}

function dotsOf(point: ReportedPoint, measure: Measure, speedupOf: (row: ArmRow) => Estimate): Dot[] {
  return point.arms.flatMap(({ row, grown }): Dot[] => {
    const [speedup, difference] = [speedupOf(row), measure.difference(row)];
    if (speedup.value === null || difference.value === null) return [];
    return [
      {
        name: row.arm,
        text: row.arm.length <= LONGEST_NAME ? row.arm : `${row.arm.slice(0, LONGEST_NAME - 1)}…`,
        look: LOOKS[row.dimension],
        grown,
        x: speedup.value,
        y: difference.value,
        speedup,
        difference,
        title: `${row.arm}: speedup ${signedPercent(speedup.value)}, ${measure.name} ${differenceText(difference, measure)}`,
      },
    ];
  });
}

function figure(cost: string, dots: readonly Dot[], measure: Measure, point: ReportedPoint): Markup {
  const sign = measure.higherIsBetter ? 1 : -1;
  const front = paretoFront(
    dots.filter(({ grown }) => grown).map((dot) => ({ ...dot, speedup: dot.x, quality: sign * dot.y })),
  );
  const baseline = point.arms[0]!.row;
  const mean = measure.of(baseline).mean;
  const level = `${baseline.arm}${mean === null ? '' : `, ${mean.toFixed(measure.digits)}`}`;
  return html`<figure>
    <figcaption>
      <b>${measure.name} against speedup in ${cost}</b>. Zero is ${level}. Bars: 95 % interval, cut off where it leaves
      the frame. Dashed: Pareto front of the arms that end as the full model: ${listed(front.map(({ name }) => name))}.
    </figcaption>
    ${drawn(cost, dots, front, measure)}
  </figure>`;
}

function drawn(cost: string, dots: readonly Dot[], front: readonly { x: number; y: number }[], measure: Measure) {
  const span = frameOf(
    inView(dots.map(({ speedup }) => speedup)),
    inView(dots.map(({ difference }) => difference)),
    HEIGHT,
  );
  // Better is up, whichever way the measure goes.
  const frame = measure.higherIsBetter ? span : { ...span, y: [span.y[1], span.y[0]] as const };
  const places = placeLabels(dots, frame);
  const barred = (of: (dot: Dot) => Estimate) =>
    dots.filter((dot) => of(dot).low !== null && of(dot).low !== of(dot).high);
  return chart({
    alt: `${measure.name} against speedup in ${cost}. ${dots.map(({ title }) => title).join('. ')}.`,
    height: frame.height,
    ...{ marginLeft: frame.margin.left, marginRight: frame.margin.right },
    ...{ marginTop: frame.margin.top, marginBottom: frame.margin.bottom },
    x: { domain: frame.x, label: `speedup in ${cost}`, tickFormat: signedPercentTick, ticks: 5 },
    y: {
      domain: frame.y,
      label: `${measure.name} difference (${measure.unit}, ${measure.higherIsBetter ? 'higher' : 'lower'} is better)`,
      labelArrow: 'none',
      tickFormat: (value: number) => signed(value, measure.digits).replace(/\.?0+$/, '') || '0',
      ticks: 6,
    },
    marks: [
      Plot.gridX({ ticks: 5 }),
      Plot.gridY({ ticks: 6 }),
      Plot.ruleY([0], { stroke: 'var(--faint)' }),
      Plot.line(front, { x: 'x', y: 'y', stroke: 'var(--faint)', strokeDasharray: '4 3' }),
      ...barred(({ difference }) => difference).map((dot) =>
        Plot.ruleX([dot], { x: 'x', y1: dot.difference.low!, y2: dot.difference.high!, stroke: dot.look.colour }),
      ),
      ...barred(({ speedup }) => speedup).map((dot) =>
        Plot.ruleY([dot], { y: 'y', x1: dot.speedup.low!, x2: dot.speedup.high!, stroke: dot.look.colour }),
      ),
      ...dots.map((dot) =>
        Plot.dot([dot], { x: 'x', y: 'y', r: 5, symbol: dot.look.symbol, fill: dot.look.colour, title: 'title' }),
      ),
      ...dots.map((dot, index) =>
        Plot.text([dot], {
          ...{ x: 'x', y: 'y', text: 'text', ...places[index]! },
          ...{ fill: 'currentColor', stroke: 'var(--paper)', strokeWidth: 3 },
        }),
      ),
    ],
  });
}

/**
 * Values that a scale spans: all points and 0, and their intervals as far as they do not squeeze the points together,
 * as those of two seeds would. Bars that go on leave the frame.
 */
function inView(estimates: readonly Estimate[]): number[] {
  const points = [0, ...estimates.flatMap(({ value }) => value ?? [])];
  const [low, high] = [Math.min(...points), Math.max(...points)];
  const ends = estimates.flatMap((own) => (own.low === null || own.high === null ? [] : [own.low, own.high]));
  return [...points, ...ends.map((end) => Math.min(high + (high - low), Math.max(low - (high - low), end)))];
}

const signedPercentTick = (value: number): string => signedPercent(value).replace('.0%', '%').replace('-', '−');
