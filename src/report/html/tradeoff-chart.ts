import * as Plot from '@observablehq/plot';
import type { Estimate } from '../statistics/interval.ts';
import type { ReportedPoint } from './arms.ts';
import { chart } from './chart.ts';
import { frameOf, valueAt, type Frame } from './frame.ts';
import { isFar, placeLabels, type Place } from './labels.ts';
import { html, type Markup } from './markup.ts';
import { measureOf, type Measure } from './measure.ts';
import { paretoFront } from './pareto.ts';
import { dotsOf, type Dot } from './tradeoff.ts';
import { listed, signed, speedupTick } from './words.ts';

const HEIGHT = 320;
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
  const bars = dots.map((dot) => ({
    ...dot,
    ...{ left: within(dot.speedup.low, frame.x), right: within(dot.speedup.high, frame.x) },
    ...{ low: within(dot.difference.low, frame.y), high: within(dot.difference.high, frame.y) },
  }));
  return chart({
    alt: `${measure.name} against speedup in ${cost}. ${dots.map(({ title }) => title).join('. ')}.`,
    height: frame.height,
    ...{ marginLeft: frame.margin.left, marginRight: frame.margin.right },
    ...{ marginTop: frame.margin.top, marginBottom: frame.margin.bottom },
    x: { domain: frame.x, label: `speedup in ${cost}`, tickFormat: speedupTick, ticks: 5 },
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
      Plot.link(bars, { x: 'x', y1: 'low', y2: 'high', stroke: 'colour' }),
      Plot.link(bars, { x1: 'left', x2: 'right', y: 'y', stroke: 'colour' }),
      Plot.link(leaders(dots, places, frame), { ...ENDS, stroke: 'var(--faint)', strokeWidth: 0.75 }),
      ...dots.map((dot) =>
        Plot.dot([dot], { x: 'x', y: 'y', r: 5, symbol: dot.symbol, fill: dot.colour, title: 'title' }),
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

/** An end of an interval, or of the frame where that is nearer; none stays none. */
function within(end: number | null, span: readonly [number, number]): number | null {
  return end === null ? null : Math.min(Math.max(...span), Math.max(Math.min(...span), end));
}

const ENDS = { x1: 'x1', y1: 'y1', x2: 'x2', y2: 'y2' } as const;

/** Lines to the names that stand away from their points. */
function leaders(dots: readonly Dot[], places: readonly Place[], frame: Frame) {
  return dots.flatMap((dot, index) => {
    const place = places[index]!;
    if (!isFar(place)) return [];
    const [x2, y2] = valueAt(frame, [dot.x, dot.y], place);
    return [{ x1: dot.x, y1: dot.y, x2, y2 }];
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
