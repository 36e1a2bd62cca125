import type { ModelShape } from '../../growth/layout.ts';
import { armsByPoint, planSweep, type Plan, type PlannedArm } from '../../run/plan.ts';
import { armLabel, pointText, targetShape } from '../../run/spec.ts';
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

/** The plan for people: the question, a line per arm at each point of the grid, the number of cells. */
export function planText(planned: Plan, options: TableOptions): string {
  const { arms, comparison } = planned;
  const paragraph = (text: string) => wrapped(text, options.columns, '').join('\n');
  const sections = armsByPoint(arms).flatMap((own) => [
    [...headings(own), targetText(own[0]!)].map((text) => `${paragraph(text)}\n`).join(''),
    armTable(own, options),
  ]);
  const footer = [
    cellCount(planned),
    "Step cost is a stage's share of the target's FLOPs a step.",
    `Speedup is expected: FLOPs of ${arms[0]?.arm.name ?? 'the baseline'} over the arm's, minus 1.`,
    ...(arms.some(isPooled) ? ['n32/2 is 32 tokens, every 2 averaged into one.'] : []),
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

function armTable(arms: readonly PlannedArm[], options: TableOptions): string {
  const rows = (separator: string) =>
    arms.map((planned, index) => ({
      cells: [
        planned.group,
        planned.arm.name,
        stageTexts(planned).join(separator),
        planned.stages.map(({ cost }) => percent(cost)).join(separator),
        engineering(planned.flops),
        signedPercent(planned.speedupFlops),
      ],
      group: planned.group,
      marked: index === 0,
    }));
  const inOneLine = rows(' → ');
  return renderTable(COLUMNS, fits(COLUMNS, inOneLine, options.columns) ? inOneLine : rows(' →\n'), options);
}

/** `70% 1L f256 n32`: share of the steps, layers, FFN width, tokens, and how many of them are pooled into one. */
function stageTexts({ stages }: PlannedArm): string[] {
  const steps = stages.reduce((sum, stage) => sum + stage.steps, 0);
  return stages.map((stage) => {
    const share = steps === 0 ? 0 : Math.round((100 * stage.steps) / steps);
    return `${share}% ${shapeText(stage.shape)}`;
  });
}

const isPooled = ({ stages }: PlannedArm): boolean => stages.some(({ shape }) => shape.pool !== null);

const shapeText = ({ layers, ffn, length, pool }: ModelShape): string =>
  `${layers}L f${ffn} n${length}${pool === null ? '' : `/${pool.window}`}`;

function targetText({ arm }: PlannedArm): string {
  const { settings } = arm;
  const { layers, hidden, heads, ffn, length, vocab } = targetShape(settings);
  const { steps, batch } = settings.train;
  return `Target: ${layers} layers (L), hidden ${hidden}, ${heads} heads, FFN ${ffn} (f), ${length} tokens (n), vocabulary ${vocab}; ${steps} steps of ${batch} sequences`;
}
