import type { ReportedArm, ReportedPoint } from './arms.ts';
import { differenceText, findingOf, measureOf, type Finding, type Measure } from './measure.ts';
import { listed, speedupText } from './words.ts';

/**
 * The outcome of a comparison in one sentence, made from its tests: the fastest arm that is not detectably worse than
 * the baseline, and how all others fared. Where nothing could have been found it says so, and what it would take.
 */
export function verdict(point: ReportedPoint): string {
  const [baseline, ...others] = point.arms;
  const measure = measureOf(point);
  if (baseline === undefined || others.length === 0) return 'No verdict: there is nothing to compare.';
  const { arm: name, n } = baseline.row;
  if (n === 0) return `No verdict: the baseline, ${name}, has no finished cell.`;
  const judged = others.map((arm) => ({
    arm,
    finding: findingOf(measure.difference(arm.row), measure.higherIsBetter),
  }));
  const of = (finding: Finding) => judged.filter((own) => own.finding === finding).map(({ arm }) => arm);
  const few = of('few');
  if (of('unknown').length === others.length) {
    return `No verdict: no arm has a ${measure.name} to compare with that of ${name}.`;
  }
  if (few.length + of('unknown').length === others.length) {
    return `No verdict: with ${seeds(Math.max(...few.map(finishedSeeds)))}, no difference in ${measure.name} from ${name} could be significant, whatever its size; among so many tests that needs at least ${needed(few, measure)} seeds.`;
  }
  const chosen = fastest([...of('better'), ...of('alike')]);
  const first =
    chosen === null
      ? `No arm is both faster than ${name} and not detectably worse in ${measure.name}`
      : praise(chosen, name, measure);
  return `${first}${rest((finding) => of(finding).filter((arm) => arm !== chosen), measure)}.`;
}

/** The fastest of the arms that kept the quality, if it is faster at all and ends as the full-size model. */
function fastest(kept: readonly ReportedArm[]): ReportedArm | null {
  const speedup = ({ row }: ReportedArm) => row.speedupFlops ?? 0;
  const faster = kept.filter((arm) => arm.grown && speedup(arm) > 0);
  return [...faster].sort((a, b) => speedup(b) - speedup(a))[0] ?? null;
}

function praise(arm: ReportedArm, baseline: string, measure: Measure): string {
  const { row } = arm;
  const difference = measure.difference(row);
  const found =
    findingOf(difference, measure.higherIsBetter) === 'better'
      ? `is better than ${baseline} in ${measure.name}`
      : `shows no detectable difference in ${measure.name} from ${baseline}`;
  const time = row.speedupTime.value === null ? '' : `, ${speedupText(row.speedupTime.value)} in time`;
  return `${row.arm}, with a speedup of ${speedupText(row.speedupFlops!)} in FLOPs${time}, ${found} (${differenceText(difference, measure)}; ${seeds(finishedSeeds(arm))})`;
}

function rest(of: (finding: Finding) => readonly ReportedArm[], measure: Measure): string {
  const clauses: readonly (readonly [arms: readonly ReportedArm[], text: string])[] = [
    [of('worse'), 'detectably worse'],
    [of('better'), 'detectably better'],
    [of('alike'), 'no detectable difference either way'],
    [of('few'), `too few seeds to tell (at least ${needed(of('few'), measure)} are needed)`],
    [of('unknown'), 'nothing to compare'],
  ];
  return clauses
    .filter(([arms]) => arms.length > 0)
    .map(([arms, text]) => `; ${text}: ${listed(arms.map(({ row }) => row.arm))}`)
    .join('');
}

const needed = (arms: readonly ReportedArm[], measure: Measure): number =>
  Math.max(0, ...arms.map(({ row }) => measure.difference(row).needs ?? 0));

/** Seeds that the arm finished. */
const finishedSeeds = ({ row }: ReportedArm): number => row.n;

const seeds = (count: number): string => `${count} ${count === 1 ? 'seed' : 'seeds'}`;
