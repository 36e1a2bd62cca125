import type { Plan } from './plan.ts';
import { armLabel, distinctCells, type Cell } from './spec.ts';

/** A part of a sweep: the `index`-th of `count`, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/**
 * The cells of a shard, in the plan's order: every cell is in exactly one, and which one depends on the plan alone.
 * Where the seeds can be dealt out evenly, a seed's cells stay together: arms are compared seed by seed, in time too,
 * which means most on one machine. Else the cells are dealt out by their FLOPs, the dearest first, each to the shard
 * that has the least so far.
 */
export function cellsOfShard(plan: Plan, { index, count }: Shard): Cell[] {
  const { seeds } = plan.comparison;
  const cells = distinctCells(plan.cells);
  if (seeds.length % count === 0) return cells.filter(({ seed }) => seeds.indexOf(seed) % count === index - 1);
  const flops = new Map(plan.arms.map((planned) => [armLabel(planned.arm), planned.flops]));
  const loads = Array.from({ length: count }, () => 0);
  const own = new Set<Cell>();
  for (const cell of cells.toSorted((a, b) => flops.get(b.arm)! - flops.get(a.arm)!)) {
    const least = loads.indexOf(Math.min(...loads));
    loads[least]! += flops.get(cell.arm)!;
    if (least === index - 1) own.add(cell);
  }
  return cells.filter((cell) => own.has(cell));
}
