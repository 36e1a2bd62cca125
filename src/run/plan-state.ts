import { graphOf, type GraphNode } from './graph.ts';
import { findNodes } from './needed.ts';
import type { Plan } from './plan.ts';
import type { CellRecord, CellResult } from './record.ts';
import { armLabel, distinctCells, type Cell } from './spec.ts';
import { changedPaths } from './settings-diff.ts';
import { readRecords, recordedIds } from './store.ts';

/** What a sweep would do with a cell now: nothing, or run it, and why. */
export type CellState =
  | { readonly status: 'done' | 'diverged' }
  | { readonly status: 'to run'; /** `new`, `failed before`, `train.rate changed` … */ readonly why: string };

/** What is left to do of a plan, by what is in a results folder. */
export interface PlanState {
  /** Of every distinct cell, by id. */
  readonly cells: ReadonlyMap<string, CellState>;
  /** All nodes of the cells that are to run, parents before their children. */
  readonly nodes: readonly NodeState[];
  /** Of the pre-training that is to run. */
  readonly flops: number;
  /** What it would be if the cells that are to run shared nothing, and found nothing done. */
  readonly flopsOfCells: number;
  /** Time in one worker, at the rate of the records of this engine in the folder; null where there are none. */
  readonly seconds: number | null;
}

export interface NodeState extends GraphNode {
  readonly isDone: boolean;
}

/** Looks which cells of a plan have records in `folder`, why the others have not, and what of them is among all `nodes`. */
export async function planState(plan: Plan, folder: string, nodes: string): Promise<PlanState> {
  const cells = distinctCells(plan.cells);
  const planned = new Set(cells.map(({ id }) => id));
  const recorded = await recordedIds(folder);
  const records = await readRecords(
    folder,
    recorded.filter((id) => planned.has(id)),
  );
  const isComplete = cells.every(({ id }) => records.get(id)?.result);
  // Of cells that were changed since; who needs none is spared reading them.
  const others = isComplete
    ? []
    : await readRecords(
        folder,
        recorded.filter((id) => !planned.has(id)),
      ).then((found) => [...found.values()]);
  const byArm = new Map<string, CellRecord[]>();
  for (const record of [...others, ...records.values()]) {
    const own = byArm.get(record.cell.arm);
    if (own === undefined) byArm.set(record.cell.arm, [record]);
    else own.push(record);
  }
  const states = new Map(
    cells.map((cell) => [cell.id, cellState(cell, records.get(cell.id), byArm.get(cell.arm) ?? [])] as const),
  );
  const ofArm = new Map(plan.arms.map((own) => [armLabel(own.arm), own.flops]));
  const left = cells.filter(({ id }) => states.get(id)!.status === 'to run');
  const finished = cells.filter(({ id }) => states.get(id)!.status !== 'to run');
  const graph = graphOf(left, plan.comparison.contents, { finished });
  const { open } = await findNodes(graph, nodes);
  const stages = [...graph.nodes.values()].filter(({ node }) => node.kind === 'stage' && open.has(node.address));
  const flops = stages.reduce((sum, { work }) => sum + work, 0);
  const rate = secondsPerFlop([...records.values(), ...others], plan.comparison.engine.name);
  // Of what only fine-tunes, FLOPs of pre-training tell nothing.
  const seconds = flops === 0 || rate === null ? null : flops * rate;
  return {
    cells: states,
    nodes: [...graph.nodes].map(([address, own]) => ({ ...own, isDone: !open.has(address) })),
    flops,
    flopsOfCells: left.reduce((sum, { arm }) => sum + ofArm.get(arm)!, 0),
    seconds: left.length === 0 ? 0 : seconds,
  };
}

function cellState(cell: Cell, own: CellRecord | undefined, ofArm: readonly CellRecord[]): CellState {
  if (own?.result) return { status: own.result.status };
  return { status: 'to run', why: own === undefined ? reasonOf(cell, ofArm) : 'failed before' };
}

/** Why a cell has no record, by the record that is nearest to it: of its arm and seed with the fewest changes. */
function reasonOf(cell: Cell, ofArm: readonly CellRecord[]): string {
  const changes = ofArm
    .filter((record) => record.cell.seed === cell.seed)
    .map((record) => changesSince(record.cell, cell))
    .sort((a, b) => a.length - b.length);
  const fewest = changes[0];
  if (fewest === undefined)
    return ofArm.some((record) => changesSince(record.cell, cell).length === 0) ? 'new seed' : 'new';
  // Equal settings under another id: what the text files hold, or what growbench makes of them, is no longer the same.
  if (fewest.length === 0) return 'data or growbench changed';
  const more = fewest.length > 2 ? ` and ${fewest.length - 2} more` : '';
  return `${fewest.slice(0, 2).join(', ')}${more} changed`;
}

function changesSince(before: Cell, now: Cell): string[] {
  const engine = before.engine.name === now.engine.name && before.engine.xla === now.engine.xla ? [] : ['engine'];
  return [...engine, ...changedPaths(before.settings, now.settings)];
}

/** Time of finished cells, fine-tuning and all, over their pre-training FLOPs. */
function secondsPerFlop(records: readonly CellRecord[], engine: string): number | null {
  const timed = records.filter(({ result, cell }) => result !== null && cell.engine.name === engine);
  const flops = timed.reduce((sum, { result }) => sum + result!.flops, 0);
  const seconds = timed.reduce((sum, { result }) => sum + secondsOf(result!), 0);
  return flops > 0 && seconds > 0 ? seconds / flops : null;
}

const secondsOf = ({ seconds: { train, compile, evaluate, finetune } }: CellResult): number =>
  train + compile + evaluate + finetune;
