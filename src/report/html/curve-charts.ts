import * as Plot from '@observablehq/plot';
import { engineering } from '../quantity.ts';
import type { ReportedArm, ReportedPoint } from './arms.ts';
import { chart } from './chart.ts';
import { meanCurve, type BandPoint, type Cost } from './curves.ts';
import { html, type Markup } from './markup.ts';
import { LOOKS } from './palette.ts';
import { shownStages } from './shown-stages.ts';
import { engineeringTick } from './words.ts';

interface ArmCurve {
  readonly arm: ReportedArm;
  readonly curve: readonly BandPoint[];
}

/** The start of training lies far above all that is to be compared: this share of the steps need not be in the frame. */
const START = 0.2;

/** A chart per arm that has a curve, all on the same scales, the baseline's curve in each. Nothing where none has one. */
export function curveCharts(point: ReportedPoint, cost: Cost): Markup | null {
  const curves = point.arms.map((arm): ArmCurve => ({ arm, curve: meanCurve(arm.outcomes) }));
  const known = curves.filter(({ curve }) => curve.length > 1);
  if (known.length === 0) return null;
  const scales = { x: [0, Math.max(...known.map(({ curve }) => curve.at(-1)![cost]))], y: lossSpan(known) } as const;
  return html`<div class="charts">${known.map((own) => curveChart(own, curves[0]!, scales, cost))}</div>`;
}

interface Scales {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

function lossSpan(curves: readonly ArmCurve[]): [number, number] {
  const after = curves.flatMap(({ curve }) => curve.filter(({ step }) => step >= START * curve.at(-1)!.step));
  const [low, high] = [Math.min(...after.map((own) => own.low)), Math.max(...after.map((own) => own.high))];
  const spare = Math.max(0.05 * (high - low), 0.01);
  return [low - spare, high + spare];
}

function curveChart({ arm, curve }: ArmCurve, baseline: ArmCurve, { x, y }: Scales, cost: Cost): Markup {
  const { colour } = LOOKS[arm.row.dimension];
  const isBaseline = arm === baseline.arm;
  const growths = growthPoints(arm, curve);
  const unit = cost === 'flops' ? 'FLOPs' : 'seconds';
  const reference = isBaseline ? [] : baseline.curve;
  const drawn = chart({
    alt: altText(arm, curve, growths, cost),
    ...{ height: 210, marginLeft: 40, marginRight: 16, marginBottom: 36 },
    clip: true,
    x: { domain: x, label: unit, tickFormat: engineeringTick, ticks: 4 },
    y: { domain: y, label: 'validation loss', labelArrow: 'none', ticks: 5 },
    marks: [
      Plot.gridY({ ticks: 5 }),
      Plot.line(reference, { x: cost, y: 'loss', stroke: 'var(--faint)', strokeDasharray: '2 2' }),
      Plot.ruleX(growths, { x: cost, stroke: 'var(--faint)', strokeWidth: 1, strokeDasharray: '1 3' }),
      Plot.areaY(curve, { x: cost, y1: 'low', y2: 'high', fill: colour, fillOpacity: 0.25 }),
      Plot.line(curve, { x: cost, y: 'loss', stroke: colour, strokeWidth: 2 }),
      Plot.dot(growths, { x: cost, y: 'loss', r: 4, fill: 'var(--paper)', stroke: colour, strokeWidth: 2 }),
    ],
  });
  return html`<figure>
    <figcaption><b>${arm.row.arm}</b>${isBaseline ? ', the baseline' : ''}</figcaption>
    ${drawn}
  </figure>`;
}

/** Where the curve is when a growth happens, on average over the seeds: its last point up to that step. */
function growthPoints(arm: ReportedArm, curve: readonly BandPoint[]): BandPoint[] {
  return shownStages(arm)
    .slice(1)
    .flatMap(({ start }) => curve.filter(({ step }) => step <= start).at(-1) ?? []);
}

function altText({ row }: ReportedArm, curve: readonly BandPoint[], growths: readonly BandPoint[], cost: Cost): string {
  const at = (point: BandPoint) =>
    `${point.loss.toFixed(3)} at ${engineering(point[cost])} ${cost === 'flops' ? 'FLOPs' : 'seconds'}`;
  return [
    `Validation loss of ${row.arm}: ${at(curve[0]!)} at first`,
    ...growths.map((point) => `${at(point)}, where it grows`),
    `${at(curve.at(-1)!)} in the end.`,
  ].join('; ');
}
