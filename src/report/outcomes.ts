import type { Plan, PlannedArm } from '../run/plan.ts';
import type { CellRecord, CellResult } from '../run/record.ts';
import { armLabel, type Cell } from '../run/spec.ts';

/** How a cell of the plan ended. `pending` cells have no record yet: the sweep was stopped before them. */
export type Status = 'done' | 'diverged' | 'failed' | 'pending';

/** A cell of the plan with what came of it. */
export interface Outcome {
  readonly cell: Cell;
  readonly arm: PlannedArm;
  readonly status: Status;
  readonly record: CellRecord | null;
  /** The result of a cell that was trained to the end, else null: only these enter the statistics. */
  readonly done: CellResult | null;
}

/**
 * Every cell of the plan, in its order, with its record. Records are found by id, so arms that compute the same share
 * one, and a renamed arm keeps its own. Records of cells outside the plan are left out.
 */
export function outcomesOf(plan: Plan, records: readonly CellRecord[]): Outcome[] {
  const byId = new Map(records.map((record) => [record.cell.id, record]));
  const byArm = new Map(plan.arms.map((planned) => [armLabel(planned.arm), planned]));
  return plan.cells.map((cell) => {
    const arm = byArm.get(cell.arm);
    if (arm === undefined) throw new Error(`cell ${cell.id} belongs to no planned arm: ${cell.arm}`);
    const record = byId.get(cell.id) ?? null;
    const status = statusOf(record);
    return { cell, arm, status, record, done: status === 'done' ? (record?.result ?? null) : null };
  });
}

/** How a cell ended, by its record. */
export function statusOf(record: CellRecord | null): Status {
  if (record === null) return 'pending';
  return record.result === null ? 'failed' : record.result.status;
}
