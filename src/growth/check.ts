import { innerLength } from './flops.ts';
import { DIMENSIONS, type Dimension, type ModelShape } from './layout.ts';
import { newLayers } from './new-layers.ts';
import { checkRecipe } from './recipe.ts';
import {
  fitsAfter,
  growthAfter,
  operatorOf,
  rampsAfter,
  sameReduction,
  stageShape,
  withReduction,
  type Schedule,
  type ScheduleProblem,
  type Stage,
} from './schedule.ts';

/**
 * Everything that keeps `schedule` from growing a model into `target`: shares that do not add up to 1, reductions
 * that their operators refuse, stages larger than the one after them, operators that cannot grow what the next stage
 * trains or do not go together, rules where nothing grows. Operators must be registered ones, each in its own
 * dimension. The last stage may have reductions: whether a run may end small is not for the schedule to say.
 */
export function scheduleProblems(target: ModelShape, schedule: Schedule): ScheduleProblem[] {
  const refused = schedule.map((stage, index) => refusals(target, stage, index));
  const steps = schedule.slice(0, -1).flatMap((stage, index) => {
    const known = refused[index]!.length === 0 && refused[index + 1]!.length === 0;
    return known ? stepProblems(target, stage, schedule[index + 1]!, index) : [];
  });
  const sound = steps.length === 0 && refused.flat().length === 0;
  const frozen = sound ? schedule.flatMap((_, index) => freezeProblems(target, schedule, index)) : [];
  const together = sound ? schedule.flatMap((_, index) => togetherProblems(schedule, index)) : [];
  return [...shareProblems(schedule), ...refused.flat(), ...steps, ...together, ...frozen, ...endProblems(schedule)];
}

/** Operators that grow at once are fitted together, and let in what is new by one mask. */
function togetherProblems(schedule: Schedule, index: number): ScheduleProblem[] {
  const differing = (what: string, got: readonly number[]): ScheduleProblem[] => {
    const distinct = [...new Set(got)];
    if (distinct.length < 2) return [];
    const message = `operators that ${what}, got ${distinct.join(' and ')}`;
    const hint = 'Give them the same, or let one grow at the end of another stage.';
    return [{ stage: index, dimension: null, message, hint }];
  };
  return [
    ...differing('learn and grow together must be fitted for the same steps', fitsAfter(schedule, index)),
    ...differing('let in what is new together must have the same ramp', rampsAfter(schedule, index)),
  ];
}

function freezeProblems(target: ModelShape, schedule: Schedule, index: number): ScheduleProblem[] {
  if (schedule[index]?.freeze === undefined || newLayers(target, schedule, index).length > 0) return [];
  const where = index === 0 ? 'there is no stage before it' : 'the stage before it is as deep';
  const message = `only a stage that adds layers can freeze the others, but ${where}`;
  const hint = 'Make the stage before smaller in depth, or remove freeze.';
  return [{ stage: index, dimension: null, key: 'freeze', message, hint }];
}

/** The first stage is grown into from nothing, the last one into nothing. */
function endProblems(schedule: Schedule): ScheduleProblem[] {
  const problems: ScheduleProblem[] = [];
  const [first, last] = [schedule[0], schedule.at(-1)];
  if (first?.growth !== undefined) {
    const message = 'the first stage cannot say how to grow into it: nothing comes before it';
    const hint = 'Write it at a later stage, or for all of them under growth.';
    problems.push({ stage: 0, dimension: null, key: 'growth', message, hint });
  }
  if (last?.until !== undefined) {
    const message = 'the last stage cannot be left early: nothing comes after it';
    problems.push({ stage: schedule.length - 1, dimension: null, key: 'until', message, hint: 'Remove until.' });
  }
  return problems;
}

/** Written in percent with a few decimals, shares of thirds must still be told from shares that are wrong. */
const SHARE_TOLERANCE = 1e-6;

/** The shares must add up to 1. */
export function shareProblems(schedule: Schedule): ScheduleProblem[] {
  const sum = schedule.reduce((total, { share }) => total + share, 0);
  if (Math.abs(sum - 1) <= SHARE_TOLERANCE) return [];
  const percent = Number((sum * 100).toPrecision(6));
  const rest = Number((100 - percent).toPrecision(6));
  const hint = rest > 0 ? `${rest}% are left to give.` : `${-rest}% are too much.`;
  return [{ stage: null, dimension: null, message: `the stages' shares must add up to 100%, got ${percent}%`, hint }];
}

function refusals(target: ModelShape, stage: Stage, index: number): ScheduleProblem[] {
  let shape = target;
  for (const dimension of DIMENSIONS) {
    const reduction = stage.reductions[dimension];
    if (reduction === undefined) continue;
    const operator = operatorOf(reduction);
    const why = operator.refuse(shape, reduction.settings);
    // What a later dimension makes of a shape that cannot be had means nothing.
    if (why !== null) {
      const message = `${dimension}: ${operator.name}: ${why}`;
      return [{ stage: index, dimension, message, hint: '' }];
    }
    shape = operator.shrink(shape, reduction.settings);
  }
  return [];
}

type Size = readonly [unit: string, of: (shape: ModelShape) => number];

const SIZES: Readonly<Record<Dimension, readonly Size[]>> = {
  depth: [['layers', ({ layers }) => layers]],
  width: [
    ['hidden units', ({ hidden }) => hidden],
    ['FFN units', ({ ffn }) => ffn],
    ['columns in the FFN factors', ({ ffnRank, hidden, ffn }) => ffnRank ?? Math.max(hidden, ffn)],
  ],
  length: [
    ['tokens', ({ length }) => length],
    ['tokens after pooling', (shape) => innerLength(shape, 0)],
  ],
  attention: [['attention scores per layer', ({ scoreGroup }) => 1 / scoreGroup]],
};

/** What keeps the model of `stage` from growing into that of `next`, at most one thing a dimension. */
function stepProblems(target: ModelShape, stage: Stage, next: Stage, index: number): ScheduleProblem[] {
  return DIMENSIONS.flatMap((dimension) => {
    const [own, following] = [stage.reductions[dimension], next.reductions[dimension]];
    const sameOperator = own?.operator === following?.operator;
    // Sizes of two operators may not compare: of one that cannot grow into the other, nothing else is worth saying.
    const problem =
      (sameOperator ? null : misfit(target, stage, next, dimension)) ??
      shrinkage(target, stage, next, dimension) ??
      (sameOperator ? misfit(target, stage, next, dimension) : null);
    return problem === null ? [] : [{ stage: index, dimension, ...problem }];
  });
}

type Problem = Pick<ScheduleProblem, 'message' | 'hint'>;

function shrinkage(target: ModelShape, stage: Stage, next: Stage, dimension: Dimension): Problem | null {
  const [from, to] = [stageShape(target, stage), stageShape(target, next)];
  const size = SIZES[dimension].find(([, of]) => of(from) > of(to));
  if (size === undefined) return null;
  const [unit, of] = size;
  return {
    message: `${dimension}: a stage must not be larger than the next, got ${of(from)} ${unit} and then ${of(to)}`,
    hint: 'Models grow from stage to stage: put the smaller one first.',
  };
}

/** Whether the operator makes parameters that the next stage's model does not have, or leaves some unmade. */
function misfit(target: ModelShape, stage: Stage, next: Stage, dimension: Dimension): Problem | null {
  const [own, following] = [stage.reductions[dimension], next.reductions[dimension]];
  if (own === undefined || sameReduction(own, following)) return null;
  const alone = { ...stage, reductions: withReduction(stage.reductions, dimension, following) };
  if (grows(target, stage, alone)) return null;
  return {
    message: `${dimension}: ${own.operator} cannot grow into ${following?.operator ?? 'the target'}`,
    hint: 'Use the operator of one of these stages for both.',
  };
}

/** Growing throws where the recipe does not fit: whoever writes an operator has nothing more to declare. */
function grows(target: ModelShape, stage: Stage, next: Stage): boolean {
  try {
    checkRecipe(growthAfter(target, [stage, next], 0), stageShape(target, stage), stageShape(target, next));
    return true;
  } catch {
    return false;
  }
}
