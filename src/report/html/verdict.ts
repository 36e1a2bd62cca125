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
    return `No verdict: with ${seeds(Math.max(...few.map(paired)))}, no difference in ${measure.name} from ${name} could be significant, whatever its size; that needs at least ${needed(few, measure)} seeds.`;
  }
  return `${best([...of('better'), ...of('alike')], name, measure)}${rest(of, measure)}.`;
}

/** The fastest of the arms that kept the quality, if it is faster at all. */
function best(kept: readonly ReportedArm[], baseline: string, measure: Measure): string {
  const faster = kept
    .filter(({ grown, row }) => grown && (row.speedupFlops ?? 0) > 0)
    .sort((a, b) => b.row.speedupFlops! - a.row.speedupFlops!);
  const [fastest] = faster;
  if (fastest === undefined) return `No arm is shown to be faster than ${baseline} without a loss in ${measure.name}`;
  const { row } = fastest;
  const difference = measure.difference(row);
  const found =
    findingOf(difference, measure.higherIsBetter) === 'better'
      ? `is better than ${baseline} in ${measure.name}`
      : `shows no detectable difference in ${measure.name} from ${baseline}`;
  const time = row.speedupTime.value === null ? '' : `, ${speedupText(row.speedupTime.value)} in time`;
  return `${row.arm}, with a speedup of ${speedupText(row.speedupFlops!)} in FLOPs${time}, ${found} (${differenceText(difference, measure)}; ${seeds(paired(fastest))})`;
}

function rest(of: (finding: Finding) => readonly ReportedArm[], measure: Measure): string {
  const clauses: readonly (readonly [arms: readonly ReportedArm[], text: string])[] = [
    [of('worse'), 'detectably worse'],
    [of('better'), 'detectably better'],
    [of('alike'), 'no detectable difference'],
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

/** Seeds that the arm finished: no more of them can be compared with the baseline's. */
const paired = ({ row }: ReportedArm): number => row.n;

const seeds = (count: number): string => `${count} ${count === 1 ? 'seed' : 'seeds'}`;
