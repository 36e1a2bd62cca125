import type { Plan } from '../run/plan.ts';
import type { CellState, PlanState } from '../run/plan-state.ts';
import { clock, engineering, percent } from './format.ts';

/** Whether nothing has been run yet: then there is no reason worth a column. */
export const isFresh = ({ cells }: PlanState): boolean => [...cells.values()].every(isNew);

const isNew = (state: CellState): boolean => state.status === 'to run' && state.why === 'new';

/**
 * What is to run in a sentence or two: `3 of 20 cells to run: 1.20PFLOPs, about 12:30 in one worker. They need 14 nodes,
 * of which 2 are done; sharing saves 40% of their FLOPs.`
 */
export function toRunText({ cells, nodes, flops, flopsOfCells, seconds }: PlanState): string {
  const toRun = [...cells.values()].filter(({ status }) => status === 'to run').length;
  if (toRun === 0) return 'Nothing is to run: all cells are done.';
  const time = seconds === null ? '' : `, about ${clock(1000 * seconds)} in one worker`;
  const done = nodes.filter(({ isDone }) => isDone).length;
  const shared = nodes.filter(({ cells: users }) => users.length > 1).length;
  const saving = flopsOfCells > 0 ? 1 - flops / flopsOfCells : 0;
  const parts = [
    ...(shared > 0 ? [`${shared} of them shared`] : []),
    ...(done > 0 ? [`${done} done before`] : []),
    ...(saving >= SAVING_WORTH_TELLING ? [`which saves ${percent(saving)} of the cells' FLOPs`] : []),
  ];
  const counts = [`They are made of ${nodes.length} nodes`, ...parts].join(', ');
  return `${toRun} of ${cells.size} cells to run: ${engineering(flops)}FLOPs${time}. ${counts}.`;
}

/** Less is what rounding shows as nothing. */
const SAVING_WORTH_TELLING = 0.005;

/** What is to run of every arm, by its label: `nothing`, or `2 of 5: failed before`, with each reason once. */
export function armStates(plan: Plan, { cells }: PlanState): ReadonlyMap<string, string> {
  const byArm = new Map<string, CellState[]>();
  for (const { arm, id } of plan.cells) byArm.set(arm, [...(byArm.get(arm) ?? []), cells.get(id)!]);
  return new Map([...byArm].map(([arm, states]) => [arm, armState(states)]));
}

function armState(states: readonly CellState[]): string {
  const reasons = states.flatMap((state) => (state.status === 'to run' ? [state.why] : []));
  if (reasons.length === 0) return 'nothing';
  return `${reasons.length} of ${states.length}: ${[...new Set(reasons)].join('; ')}`;
}
