import { mayLeaveEarly } from '../run/plan.ts';
import type { CellRecord } from '../run/record.ts';
import type { Outcome } from './outcomes.ts';

/** Below this many seeds a standard deviation says little: with two, its own error is about 60 % of it. */
const ENOUGH_SEEDS = 3;

/**
 * What a reader must know before trusting an arm's row: values of the table, not messages that scroll away.
 * `baseline` are the cells that the arm is compared with; `vary` the settings in which arms may differ.
 */
export function warningsOf(arm: readonly Outcome[], baseline: readonly Outcome[], vary: readonly string[]): string[] {
  return [
    ...spreadWarnings(arm),
    ...endWarnings(arm),
    ...pairWarnings(arm, baseline),
    ...flopsWarnings(arm),
    ...recoveryWarnings(arm),
    ...mixtureWarnings([...baseline, ...arm], vary),
    ...trainerWarnings(arm),
  ];
}

function spreadWarnings(arm: readonly Outcome[]): string[] {
  const n = arm.filter(({ done }) => done !== null).length;
  if (n === 1) return ['n=1: no spread is known'];
  return n > 0 && n < ENOUGH_SEEDS ? [`n=${n}: spread only indicative`] : [];
}

function endWarnings(arm: readonly Outcome[]): string[] {
  const count = (status: Outcome['status']) => arm.filter((outcome) => outcome.status === status).length;
  const failed = count('failed');
  const diverged = count('diverged');
  const pending = count('pending');
  const reason = firstLine(arm.find(({ record }) => record?.error)?.record?.error ?? '');
  return [
    ...(failed > 0 ? [`${failed} of ${arm.length} cells failed${reason === '' ? '' : `: ${reason}`}`] : []),
    ...(diverged > 0 ? [`${diverged} of ${arm.length} cells diverged`] : []),
    ...(pending > 0 ? [`${pending} of ${arm.length} cells not run yet`] : []),
  ];
}

/** Speedups in time and score deltas are taken seed by seed: a seed that either side lacks is not in them. */
function pairWarnings(arm: readonly Outcome[], baseline: readonly Outcome[]): string[] {
  const seeds = (outcomes: readonly Outcome[]) =>
    outcomes.filter(({ done }) => done !== null).map(({ cell }) => cell.seed);
  const own = seeds(arm);
  const paired = own.filter((seed) => seeds(baseline).includes(seed)).length;
  return paired < own.length ? [`compared with the baseline over ${paired} of ${own.length} seeds`] : [];
}

function flopsWarnings(arm: readonly Outcome[]): string[] {
  const wrong = arm.filter(
    ({ done, arm: planned }) => done !== null && !mayLeaveEarly(planned) && done.flops !== planned.flops,
  );
  return wrong.length > 0 ? [`FLOPs of ${seedList(wrong)} differ from the plan`] : [];
}

/** A growth that costs more loss than the steps after it win back has not paid, whatever it saved. */
function recoveryWarnings(arm: readonly Outcome[]): string[] {
  const worse = arm.filter(({ done }) => {
    const before = done?.growths.at(-1)?.before;
    return before !== undefined && done?.loss != null && done.loss > before;
  });
  return worse.length > 0 ? [`loss of ${seedList(worse)} ends above its value before growth`] : [];
}

type Trait = readonly [name: string, of: (record: CellRecord) => string | null];

const TRAITS: readonly Trait[] = [
  ['engine', ({ engine }) => engine?.name ?? null],
  ['device', ({ engine }) => engine?.device ?? null],
  ['package versions', ({ engine }) => engine && JSON.stringify(Object.entries(engine.versions).sort())],
  ['processor', ({ machine }) => machine.cpu],
  ['Node version', ({ machine }) => machine.node],
  ['corpus', ({ result }) => result?.corpus.digest ?? null],
];

/** Cells that are compared must agree in everything the sweep does not vary, the machine included. */
function mixtureWarnings(outcomes: readonly Outcome[], vary: readonly string[]): string[] {
  const variesData = vary.some((path) => path === 'data' || path.startsWith('data.'));
  const records = outcomes.filter(({ done }) => done !== null).flatMap(({ record }) => (record ? [record] : []));
  return TRAITS.filter(([name]) => name !== 'corpus' || !variesData).flatMap(([name, of]) => {
    const values = new Set(records.map(of).filter((value) => value !== null));
    return values.size > 1 ? [`not comparable: ${values.size} different values of ${name}`] : [];
  });
}

/** What the trainer itself warned of, with the seeds it concerns. */
function trainerWarnings(arm: readonly Outcome[]): string[] {
  const texts = new Set(arm.flatMap(({ record }) => record?.result?.warnings ?? []));
  return [...texts].map((text) => {
    const concerned = arm.filter(({ record }) => record?.result?.warnings.includes(text));
    return concerned.length === arm.length ? text : `${seedList(concerned)}: ${text}`;
  });
}

function seedList(outcomes: readonly Outcome[]): string {
  return `${outcomes.length === 1 ? 'seed' : 'seeds'} ${outcomes.map(({ cell }) => cell.seed).join(', ')}`;
}

const firstLine = (text: string): string => text.split('\n', 1)[0]!.trim();
