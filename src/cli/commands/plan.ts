import type { ModelShape } from '../../growth/layout.ts';
import { mayLeaveEarly, planSweep, type Plan, type PlannedArm, type PlannedStage } from '../../run/plan.ts';
import { targetShape } from '../../run/spec.ts';
import { loadSweep } from '../../sweep/load.ts';
import { EXIT } from '../exit.ts';
import { engineering, percent, signedPercent } from '../format.ts';
import type { Io } from '../io.ts';
import type { PlanOptions } from '../program.ts';
import { fits, renderTable, wrapped, type TableColumn, type TableOptions } from '../table.ts';
import { tableOptions } from '../terminal.ts';

/** `growbench plan FILE`: what a sweep would run, before anything is run. Throws a UserError on a broken file. */
export async function plan(file: string, options: PlanOptions, io: Io): Promise<number> {
  const loaded = await loadSweep(file, { set: options.set });
  const planned = planSweep({ ...loaded, engine: await io.settleEngine(loaded.engine) });
  io.stdout.write(
    options.json === true ? `${JSON.stringify(planned, null, 2)}\n` : planText(planned, tableOptions(io)),
  );
  return EXIT.done;
}

/** The plan for people: question and target, a line per arm, the number of cells. */
export function planText(planned: Plan, options: TableOptions): string {
  const { arms, cells, comparison } = planned;
  const heading = [...comparison.question.split('\n'), ...arms.slice(0, 1).map(targetText)].filter(
    (text) => text !== '',
  );
  const seeds = `${comparison.seeds.length === 1 ? 'seed' : 'seeds'} ${comparison.seeds.join(', ')}`;
  const total = cells.reduce((sum, cell) => sum + (arms.find(({ arm }) => arm.name === cell.arm)?.flops ?? 0), 0);
  const footer = [
    `${cells.length} cells: ${arms.length} arms, ${seeds}; ${engineering(total)}FLOPs of pre-training in all.`,
    "Step cost is a stage's share of the target's FLOPs a step.",
    `Speedup is expected: FLOPs of ${arms[0]?.arm.name ?? 'the baseline'} over the arm's, minus 1.`,
    ...(arms.some(isPooled) ? ['n32/2 is 32 tokens, every 2 averaged into one.'] : []),
    ...(arms.some(isFrozen) ? ['freeze 30%: for so much of the stage only new layers and the head train.'] : []),
    ...(arms.some(mayLeaveEarly)
      ? ['≤: at most; the stage ends once its validation loss flattens, and what is left goes to the last one (≥).']
      : []),
  ].join(' ');
  return [
    `${heading.flatMap((text) => wrapped(text, options.columns, '')).join('\n')}\n`,
    armTable(arms, options),
    `${wrapped(footer, options.columns, '').join('\n')}\n`,
  ].join('\n');
}

const COLUMNS: readonly TableColumn[] = [
  { title: 'dimension', align: 'left', droppable: 2 },
  { title: 'arm', align: 'left', droppable: 0 },
  { title: 'stages', align: 'left', droppable: 0 },
  { title: 'step cost', align: 'left', droppable: 1 },
  { title: 'FLOPs', align: 'right', droppable: 1 },
  { title: 'speedup', align: 'right', droppable: 0 },
];

function armTable(arms: readonly PlannedArm[], options: TableOptions): string {
  const rows = (separator: string) =>
    arms.map((planned, index) => ({
      cells: [
        planned.group,
        planned.arm.name,
        stageTexts(planned).join(separator),
        planned.stages.map(({ cost }) => percent(cost)).join(separator),
        `${bounds(planned).flops}${engineering(planned.flops)}`,
        `${bounds(planned).speedup}${signedPercent(planned.speedupFlops)}`,
      ],
      group: planned.group,
      marked: index === 0,
    }));
  const inOneLine = rows(' → ');
  return renderTable(COLUMNS, fits(COLUMNS, inOneLine, options.columns) ? inOneLine : rows(' →\n'), options);
}

/** `70% 1L f256 n32`: share of the steps, layers, FFN width, tokens, and how many of them are pooled into one. */
function stageTexts(planned: PlannedArm): string[] {
  const { stages } = planned;
  const steps = stages.reduce((sum, stage) => sum + stage.steps, 0);
  return stages.map((stage, index) => {
    const share = steps === 0 ? 0 : Math.round((100 * stage.steps) / steps);
    const isLonger = mayLeaveEarly(planned) && index === stages.length - 1;
    const bound = stage.until !== null ? '≤' : isLonger ? '≥' : '';
    return `${bound}${share}% ${shapeText(stage.shape)}${freezeText(stage)}`;
  });
}

/** Steps left over cost what the last stage's do: more than those they replace, unless that stage freezes a lot. */
function bounds({ stages }: PlannedArm): { readonly flops: string; readonly speedup: string } {
  const early = stages.filter(({ until }) => until !== null);
  if (early.length === 0) return { flops: '', speedup: '' };
  const isDearer = early.every(({ cost }) => cost <= stages.at(-1)!.cost);
  return isDearer ? { flops: '≥', speedup: '≤' } : { flops: '~', speedup: '~' };
}

const freezeText = ({ freeze, steps }: PlannedStage): string =>
  freeze === null ? '' : ` freeze ${Math.round((100 * freeze.steps) / steps)}%`;

const isFrozen = ({ stages }: PlannedArm): boolean => stages.some(({ freeze }) => freeze !== null);

const isPooled = ({ stages }: PlannedArm): boolean => stages.some(({ shape }) => shape.pool !== null);

const shapeText = ({ layers, ffn, length, pool }: ModelShape): string =>
  `${layers}L f${ffn} n${length}${pool === null ? '' : `/${pool.window}`}`;

function targetText({ arm }: PlannedArm): string {
  const { settings } = arm;
  const { layers, hidden, heads, ffn, length, vocab } = targetShape(settings);
  const { steps, batch } = settings.train;
  return `Target: ${layers} layers (L), hidden ${hidden}, ${heads} heads, FFN ${ffn} (f), ${length} tokens (n), vocabulary ${vocab}; ${steps} steps of ${batch} sequences`;
}
