import { speedup } from '../run/plan.ts';
import type { CellResult } from '../run/record.ts';
import type { Outcome } from './outcomes.ts';
import { mean } from './statistics/centre.ts';
import { contrastPairs, type Contrast, type Pair } from './statistics/contrast.ts';
import { judge, LEVEL } from './statistics/family.ts';
import { UNKNOWN, type Estimate } from './statistics/interval.ts';
import { costToLoss } from './to-loss.ts';

/** A mean difference over equal seeds: its interval, and the p of there being none. */
export interface Difference extends Estimate {
  /** Adjusted for all arms and both differences by Holm's method; null where no outcome could be significant. */
  readonly p: number | null;
  /** Seeds below which no outcome could be significant; null where there are enough, or nothing is tested. */
  readonly needs: number | null;
}

/** An arm compared with the baseline, seed by seed: the cells of a seed run one after another, so that drift cancels. */
export interface Against {
  readonly speedupFlops: number | null;
  readonly speedupTime: Estimate;
  readonly speedupToLoss: Estimate;
  readonly speedupToLossTime: Estimate;
  readonly lossDelta: Difference;
  readonly scoreDelta: Difference;
  readonly warnings: readonly string[];
}

/** An arm's comparison before its tests are judged together with those of the other arms. */
export interface Unjudged {
  readonly speedups: Omit<Against, 'lossDelta' | 'scoreDelta'>;
  readonly loss: Contrast;
  readonly score: Contrast;
  /** A baseline differs from itself in nothing: there is nothing to test. */
  readonly isBaseline: boolean;
}

/** Compares an arm's finished cells with those of the baseline that have the same seed. */
export function againstBaseline(
  arm: readonly Outcome[],
  baseline: readonly Outcome[],
  score: (result: CellResult) => number | null,
): Unjudged {
  const both = arm.flatMap(({ cell, done }) => {
    const reference = baseline.find((outcome) => outcome.cell.seed === cell.seed)?.done;
    return done && reference ? [{ reference, own: done }] : [];
  });
  const flops = (side: readonly Outcome[]) => mean(side.flatMap(({ done }) => (done === null ? [] : [done.flops])));
  const [own, reference] = [flops(arm), flops(baseline)];
  const pairs = (pick: (result: CellResult) => number | null) =>
    both.flatMap(({ reference, own }): Pair[] => {
      const [from, to] = [pick(reference), pick(own)];
      return from === null || to === null ? [] : [[from, to]];
    });
  return {
    speedups: {
      ...toLoss(both),
      speedupFlops: own === null || reference === null ? null : speedup(reference, own),
      speedupTime: speedupOf(pairs(({ seconds }) => seconds.train)),
    },
    loss: contrastPairs(
      pairs((result) => result.loss),
      'difference',
    ),
    score: contrastPairs(pairs(score), 'difference'),
    isBaseline: arm[0]?.arm === baseline[0]?.arm,
  };
}

/** The reference's cost over the own, minus 1: the ratio of a pair the other way round. */
const speedupOf = (costs: readonly Pair[]): Estimate =>
  contrastPairs(
    costs.map(([reference, own]) => [own, reference]),
    'ratio',
  ).delta;

interface Both {
  readonly reference: CellResult;
  readonly own: CellResult;
}

/** A mean over the seeds that reached the loss alone would be a mean over the lucky ones: all of them, or none. */
function toLoss(both: readonly Both[]): Pick<Against, 'speedupToLoss' | 'speedupToLossTime' | 'warnings'> {
  const costs = both.map(
    ({ reference, own }) => [costToLoss(reference, reference), costToLoss(own, reference)] as const,
  );
  const measured = costs.filter(([goal]) => goal !== null);
  const reached = measured.flatMap(([goal, cost]) => (goal && cost ? [[goal, cost] as const] : []));
  if (reached.length < both.length || both.length === 0) {
    const missed = measured.length - reached.length;
    return {
      speedupToLoss: UNKNOWN,
      speedupToLossTime: UNKNOWN,
      warnings: missed === 0 ? [] : [`${missed} of ${both.length} cells never reach the baseline's final loss`],
    };
  }
  return {
    speedupToLoss: speedupOf(reached.map(([goal, cost]) => [goal.flops, cost.flops])),
    speedupToLossTime: speedupOf(reached.map(([goal, cost]) => [goal.seconds, cost.seconds])),
    warnings: [],
  };
}

/** Judges the differences of all arms, in loss and in score, as the one table that they are read as. */
export function judged(arms: readonly Unjudged[]): Against[] {
  const tested = arms.filter(({ isBaseline }) => !isBaseline).flatMap(({ loss, score }) => [loss, score]);
  const verdicts = judge(tested, LEVEL);
  const of = (contrast: Contrast) => verdicts[tested.indexOf(contrast)];
  return arms.map(({ speedups, loss, score }) => {
    const [ofLoss, ofScore] = [loss, score].map((contrast) => of(contrast) ?? { p: null, needs: null });
    const needs = Math.max(ofLoss!.needs ?? 0, ofScore!.needs ?? 0);
    const few = needs > 0 ? [`no difference can be significant below ${needs} seeds`] : [];
    return {
      ...speedups,
      lossDelta: { ...loss.delta, ...ofLoss! },
      scoreDelta: { ...score.delta, ...ofScore! },
      warnings: [...speedups.warnings, ...few],
    };
  });
}
