import { join } from 'node:path';
import type { ModelShape } from '../../growth/layout.ts';
import { nodesFolder } from '../../run/node-store.ts';
import { armsByPoint, mayLeaveEarly, type Plan, type PlannedArm } from '../../run/plan.ts';
import { planState, type PlanState } from '../../run/plan-state.ts';
import { armLabel, pointText, targetShape } from '../../run/spec.ts';
import { EXIT } from '../exit.ts';
import { engineering, percent, signedPercent } from '../format.ts';
import type { Io } from '../io.ts';
import type { PlanOptions } from '../program.ts';
import { armStates, isFresh, toRunText } from '../plan-state-text.ts';
import { tellReading } from '../reading.ts';
import { settledPlan } from '../settled-plan.ts';
import { shapeCode, shapeLegend } from '../shape-text.ts';
import { markLegend, stageMarks } from '../stage-marks.ts';
import { fits, renderTable, wrapped, type TableColumn, type TableOptions } from '../table.ts';
import { tableOptions } from '../terminal.ts';

/**
 * `growbench plan FILE`: what a sweep would run, before anything is run, and what of it has been run. Throws a UserError
 * on a broken file and on a broken record.
 */
export async function plan(file: string, options: PlanOptions, io: Io): Promise<number> {
  const { plan: planned } = await settledPlan(file, options, io, { onProgress: tellReading(io) });
  const folder = join(options.results, planned.comparison.name);
  const state = await planState(planned, folder, nodesFolder(options.results));
  io.stdout.write(
    options.json === true
      ? `${JSON.stringify(planData(planned, state), null, 2)}\n`
      : planText(planned, tableOptions(io), state),
  );
  return EXIT.done;
}

/** The plan with each cell's state, the nodes of those to run, and what is to run of it in all. */
function planData(planned: Plan, { cells, nodes, flops, flopsOfCells, seconds }: PlanState): object {
  const toRun = [...cells.values()].filter(({ status }) => status === 'to run').length;
  return {
    ...planned,
    cells: planned.cells.map((cell) => ({ ...cell, ...cells.get(cell.id) })),
    nodes: nodes.map(({ node, cells: users, work, isDone }) => ({
      ...node,
      cells: users.map(({ id }) => id),
      work,
      done: isDone,
    })),
    toRun: { cells: toRun, flops, flopsOfCells, seconds },
  };
}

/**
 * The plan for people: the question, a line per arm at each point of the grid, the number of cells. With `state`, also
 * what is to run of it, and why where something has been run before.
 */
export function planText(planned: Plan, options: TableOptions, state?: PlanState): string {
  const { arms, comparison } = planned;
  const paragraph = (text: string) => wrapped(text, options.columns, '').join('\n');
  const sections = armsByPoint(arms).flatMap((own) => [
    [...headings(own), targetText(own[0]!)].map((text) => `${paragraph(text)}\n`).join(''),
    armTable(planned, own, options, state),
  ]);
  const footer = [
    cellCount(planned),
    ...(state === undefined ? [] : [toRunText(state)]),
    "Step cost is a stage's share of the target's FLOPs a step.",
    `Speedup is expected: FLOPs of ${arms[0]?.arm.name ?? 'the baseline'} over the arm's, minus 1.`,
    ...arms.slice(0, 1).flatMap(({ arm }) => shapeLegend(shapesOf(arms), targetShape(arm.settings))),
    ...markLegend(arms.flatMap(({ stages }) => stages)),
    ...(arms.some(mayLeaveEarly)
      ? ['≤: at most; the stage ends once its validation loss flattens, and what is left goes to the last one (≥).']
      : []),
  ].join(' ');
  const question = comparison.question === '' ? '' : `${comparison.question.split('\n').map(paragraph).join('\n')}\n`;
  return `${question}${[...sections, `${paragraph(footer)}\n`].join('\n')}`;
}

function headings([first]: readonly PlannedArm[]): string[] {
  const point = Object.entries(first!.arm.point).map(([key, value]) => `${key}=${pointText(value)}`);
  return point.length === 0 ? [] : [`At ${point.join(', ')}`];
}

function cellCount({ arms, cells, comparison: { seeds } }: Plan): string {
  const flops = new Map(arms.map((planned) => [armLabel(planned.arm), planned.flops]));
  const distinct = new Map(cells.map((cell) => [cell.id, flops.get(cell.arm)!]));
  const total = [...distinct.values()].reduce((sum, one) => sum + one, 0);
  const repeated = cells.length - distinct.size;
  const once = repeated === 0 ? '' : ` ${repeated} of them repeat others and run once.`;
  const named = `${seeds.length === 1 ? 'seed' : 'seeds'} ${seeds.join(', ')}`;
  return `${cells.length} cells: ${arms.length} arms, ${named}; ${engineering(total)}FLOPs of pre-training in all.${once}`;
}

const COLUMNS: readonly TableColumn[] = [
  { title: 'dimension', align: 'left', droppable: 2 },
  { title: 'arm', align: 'left', droppable: 0 },
  { title: 'stages', align: 'left', droppable: 0 },
  { title: 'step cost', align: 'left', droppable: 1 },
  { title: 'FLOPs', align: 'right', droppable: 1 },
  { title: 'speedup', align: 'right', droppable: 0 },
];

const STATE_COLUMN: TableColumn = { title: 'to run', align: 'left', droppable: 3 };

function armTable(
  planned: Plan,
  arms: readonly PlannedArm[],
  options: TableOptions,
  state: PlanState | undefined,
): string {
  const states = state === undefined || isFresh(state) ? null : armStates(planned, state);
  const columns = states === null ? COLUMNS : [...COLUMNS, STATE_COLUMN];
  const rows = (separator: string) =>
    arms.map((planned, index) => ({
      cells: [
        planned.group,
        planned.arm.name,
        stageTexts(planned).join(separator),
        planned.stages.map(({ cost }) => percent(cost)).join(separator),
        `${bounds(planned).flops}${engineering(planned.flops)}`,
        planned.speedupFlops === null ? '' : `${bounds(planned).speedup}${signedPercent(planned.speedupFlops)}`,
        ...(states === null ? [] : [states.get(armLabel(planned.arm)) ?? '']),
      ],
      group: planned.group,
      marked: index === 0,
    }));
  const inOneLine = rows(' → ');
  return renderTable(columns, fits(columns, inOneLine, options.columns) ? inOneLine : rows(' →\n'), options);
}

/** `70% 1L f256 n32`: share of the steps, and the model. */
function stageTexts(planned: PlannedArm): string[] {
  const { stages, arm } = planned;
  const steps = stages.reduce((sum, stage) => sum + stage.steps, 0);
  return stages.map((stage, index) => {
    const share = steps === 0 ? 0 : Math.round((100 * stage.steps) / steps);
    const isLonger = mayLeaveEarly(planned) && index === stages.length - 1;
    const bound = stage.until !== null ? '≤' : isLonger ? '≥' : '';
    return `${bound}${share}% ${shapeCode(stage.shape, targetShape(arm.settings))}${stageMarks(stage)}`;
  });
}

/** Steps left over cost what the last stage's do: more than those they replace, unless that stage freezes a lot. */
function bounds({ stages }: PlannedArm): { readonly flops: string; readonly speedup: string } {
  const early = stages.filter(({ until }) => until !== null);
  if (early.length === 0) return { flops: '', speedup: '' };
  const isDearer = early.every(({ cost }) => cost <= stages.at(-1)!.cost);
  return isDearer ? { flops: '≥', speedup: '≤' } : { flops: '~', speedup: '~' };
}

const shapesOf = (arms: readonly PlannedArm[]): ModelShape[] =>
  arms.flatMap(({ stages }) => stages.map(({ shape }) => shape));

function targetText({ arm }: PlannedArm): string {
  const { settings } = arm;
  const { layers, hidden, heads, ffn, length, vocab } = targetShape(settings);
  const { steps, batch } = settings.train;
  const sequences = settings.data.pairs === undefined ? 'sequences' : 'sentence pairs';
  return `Target: ${layers} layers (L), hidden ${hidden}, ${heads} heads, FFN ${ffn} (f), ${length} tokens (n), vocabulary ${vocab}; ${steps} steps of ${batch} ${sequences}`;
}
