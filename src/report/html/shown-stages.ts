import { mayLeaveEarly, type PlannedStage } from '../../run/plan.ts';
import { mean } from '../statistics/centre.ts';
import type { ReportedArm } from './arms.ts';

/** A stage as the page shows it. */
export interface ShownStage extends Pick<PlannedStage, 'shape' | 'start' | 'steps' | 'cost' | 'until'> {
  /** Fewest and most steps over the finished seeds, where they could leave it early; null where it ran as planned. */
  readonly ran: readonly [fewest: number, most: number] | null;
}

/**
 * The stages of an arm: as planned, which is as they run, unless one may end early; then as they ran, each as long as
 * its mean over the finished seeds. Where none finished, the plan says how long they are at most.
 */
export function shownStages({ planned, outcomes }: ReportedArm): ShownStage[] {
  const { stages } = planned;
  const asPlanned = stages.map((stage): ShownStage => ({ ...stage, ran: null }));
  if (!mayLeaveEarly(planned)) return asPlanned;
  const seeds = outcomes.flatMap(({ done }) => (done === null ? [] : [done.stages]));
  if (seeds.length === 0 || seeds.some(({ length }) => length !== stages.length)) return asPlanned;
  let start = 0;
  return asPlanned.map((stage, index) => {
    const took = seeds.map((own) => own[index]!.steps);
    const shown = { ...stage, start, steps: mean(took)!, ran: [Math.min(...took), Math.max(...took)] as const };
    start += shown.steps;
    return shown;
  });
}
