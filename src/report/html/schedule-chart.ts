import * as Plot from '@observablehq/plot';
import { dims, layout, type ModelShape } from '../../growth/layout.ts';
import { mayLeaveEarly } from '../../run/plan.ts';
import { targetShape } from '../../run/spec.ts';
import { percent } from '../quantity.ts';
import type { ReportedArm, ReportedPoint } from './arms.ts';
import { chart, CHART_WIDTH } from './chart.ts';
import { html, type Markup } from './markup.ts';
import { LOOKS } from './palette.ts';
import { shownStages, type ShownStage } from './shown-stages.ts';
import { listed } from './words.ts';

/** One thing of a schedule that is drawn over time: how large a stage is in it, of 1, and in words. */
interface Aspect {
  readonly name: string;
  readonly size: (stage: ShownStage, target: ModelShape) => number;
  readonly text: (stage: ShownStage, target: ModelShape) => string;
}

const ASPECTS: readonly Aspect[] = [
  {
    name: 'depth',
    size: ({ shape }, target) => shape.layers / target.layers,
    text: ({ shape }) => `${shape.layers} ${shape.layers === 1 ? 'layer' : 'layers'}`,
  },
  {
    name: 'width',
    size: ({ shape }, target) => layerParameters(shape) / layerParameters(target),
    text: ({ shape }, target) =>
      [
        ...(shape.hidden === target.hidden ? [] : [`hidden ${shape.hidden}`]),
        ...(shape.ffnRank === null ? [`FFN ${shape.ffn}`] : [`FFN rank ${shape.ffnRank}`]),
      ].join(', '),
  },
  {
    name: 'length',
    size: ({ shape }, target) => shape.length / (shape.pool?.window ?? 1) / target.length,
    text: ({ shape }) =>
      `${shape.length} tokens${shape.pool === null ? '' : `, ${shape.pool.how} of ${shape.pool.window}`}`,
  },
  {
    name: 'attention',
    size: ({ shape }) => 1 / shape.scoreGroup,
    text: ({ shape }) =>
      shape.scoreGroup === 1 ? 'scores in every layer' : `scores in 1 of ${shape.scoreGroup} layers`,
  },
  { name: 'cost', size: ({ cost }) => cost, text: ({ cost }) => `${percent(cost)} of a step` },
];

/** Parameters of one layer that has attention scores of its own. */
const layerParameters = (shape: ModelShape): number =>
  layout({ ...shape, layers: 1, scoreGroup: 1 })
    .filter(({ layer }) => layer === 0)
    .reduce((sum, parameter) => sum + dims(parameter, shape).reduce((a, b) => a * b, 1), 0);

/** A chart per arm: its stages as bars over the steps, a row for each way in which they can be small. */
export function scheduleCharts({ arms }: ReportedPoint): Markup {
  const attention = arms.some(({ planned }) => planned.stages.some(({ shape }) => shape.scoreGroup > 1));
  const aspects = ASPECTS.filter(({ name }) => name !== 'attention' || attention);
  const steps = Math.max(...arms.map(({ planned }) => planned.arm.settings.train.steps));
  if (steps === 0) return html`<p>Nothing is pre-trained.</p>`;
  return html`<div class="charts">${arms.map((arm) => scheduleChart(arm, aspects, steps))}</div>`;
}

const ROW = 40;
const MARGIN = { left: 64, right: 16 };
/** Of the 11-pixel text of the bars. */
const CHARACTER = 6;

function scheduleChart(arm: ReportedArm, aspects: readonly Aspect[], steps: number): Markup {
  const { planned, row } = arm;
  const target = targetShape(planned.arm.settings);
  const stages = shownStages(arm);
  const { colour } = LOOKS[row.dimension];
  const bars = aspects.flatMap((aspect, index) =>
    stages.map((stage) => {
      const from = aspects.length - index - 1;
      const text = aspect.text(stage, target);
      const room = ((CHART_WIDTH - MARGIN.left - MARGIN.right) * stage.steps) / steps;
      return {
        ...{ start: stage.start, end: stage.start + stage.steps, from, to: from + 0.85 * aspect.size(stage, target) },
        ...{ text: room < CHARACTER * text.length + 6 ? '' : text, title: `${aspect.name}: ${text}` },
      };
    }),
  );
  const drawn = chart({
    alt: stagesText(stages, aspects, target),
    ...{
      height: 44 + ROW * aspects.length,
      marginLeft: MARGIN.left,
      marginRight: MARGIN.right,
      marginTop: 4,
      marginBottom: 36,
    },
    x: { domain: [0, steps], label: 'steps', ticks: 4 },
    y: {
      ...{ domain: [0, aspects.length], label: null, tickSize: 0 },
      ticks: aspects.map((_, index) => index + 0.42),
      tickFormat: (_: number, index: number) => aspects[aspects.length - index - 1]?.name ?? '',
    },
    marks: [
      Plot.rect(bars, {
        x1: 'start',
        x2: 'end',
        y1: 'from',
        y2: 'to',
        fill: colour,
        fillOpacity: 0.3,
        title: 'title',
        insetRight: 1,
      }),
      Plot.ruleY(
        aspects.map((_, index) => index),
        { stroke: 'var(--line)' },
      ),
      Plot.text(bars, {
        x: (bar: { start: number; end: number }) => (bar.start + bar.end) / 2,
        y: 'from',
        text: 'text',
        dy: -9,
        fontSize: 11,
      }),
    ],
  });
  return html`<figure>
    <figcaption><b>${row.arm}</b>${mayLeaveEarly(planned) ? early(stages, row.n) : ''}</figcaption>
    ${drawn}
  </figure>`;
}

function stagesText(stages: readonly ShownStage[], aspects: readonly Aspect[], target: ModelShape): string {
  return stages
    .map((stage, index) => {
      const sizes = aspects.map(({ text }) => text(stage, target)).join(', ');
      return `Stage ${index + 1}, ${stepsText(stage)} steps: ${sizes}.`;
    })
    .join(' ');
}

/** What a caption adds where stages may end early: how long they were, or that they are shown at their longest. */
function early(stages: readonly ShownStage[], seeds: number): string {
  const ran = stages.map((stage) => (stage.ran === null ? null : stepsText(stage)));
  if (ran.includes(null)) return ', which may grow earlier';
  return `, as it ran: stages of ${listed(ran.map(String))} steps${seeds === 1 ? '' : `, mean of ${seeds} seeds`}`;
}

/** `120`, or where the seeds differ `96 (80 to 120)`; `at most 120` of a stage that may end early and did not run. */
function stepsText({ steps, until, ran }: ShownStage): string {
  if (ran === null && until !== null) return `at most ${steps}`;
  const [fewest, most] = ran ?? [steps, steps];
  return fewest === most ? `${fewest}` : `${Math.round(steps)} (${fewest} to ${most})`;
}
