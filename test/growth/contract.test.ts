import * as tf from '@tensorflow/tfjs-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Engine, HostTensor, HostTensors, Tensors } from '../../src/engine/engine.ts';
import { scheduleProblems } from '../../src/growth/check.ts';
import type { Entering } from '../../src/growth/entering.ts';
import { forwardFlops } from '../../src/growth/flops.ts';
import { CONTINUATIONS, UNREDUCED, DIMENSIONS, type Dimension, type ModelShape } from '../../src/growth/layout.ts';
import { momentRecipe } from '../../src/growth/moments.ts';
import type { GrowthOperator, OperatorSettings } from '../../src/growth/operator.ts';
import { operators } from '../../src/growth/operators/index.ts';
import { checkRecipe, type Recipe } from '../../src/growth/recipe.ts';
import { enteringAfter, growthAfter, stageShape, type Schedule } from '../../src/growth/schedule.ts';
import { encode, maskedRows, type EncoderInput } from '../../src/train/encoder.ts';
import { enteringState } from '../../src/train/entering.ts';
import { applyRecipe } from '../../src/train/grow.ts';
import { freshParameter, initialState } from '../../src/train/init.ts';
import { visibleRows } from '../../src/train/masked-batch.ts';
import { maskedTokenLogits } from '../../src/train/masked-lm.ts';
import { nextSentenceLogits } from '../../src/train/next-sentence.ts';
import { scalarOutput } from '../../src/train/training-step.ts';
import { openTestEngine } from '../engine/engines.ts';
import { bertFeeds, bertState, bertStep } from '../train/bert.ts';
import { countFlops } from '../train/count-flops.ts';
import { publishChanges, tellChange } from './measured-change.ts';
import { toTensors } from '../train/to-tensors.ts';

// What every operator must keep, alone and together with those of other dimensions. A new one is held to it by being
// registered.

const withoutPairs = (norm: ModelShape['norm']): ModelShape => ({
  layers: 4,
  hidden: 8,
  heads: 2,
  ffn: 16,
  vocab: 13,
  positions: 12,
  norm,
  length: 12,
  ...UNREDUCED,
});

/** With both heads of pre-training: what is kept of one must be kept of the other. */
const target = (norm: ModelShape['norm']): ModelShape => ({ ...withoutPairs(norm), nextSentence: true });

/** Large enough for a wrong growth to show, small enough for attention not to saturate. */
const fresh = freshParameter({ std: 0.4, positions: 'random' }, 5);
const known = new Map<string, HostTensors>();
function parametersOf(shape: ModelShape): HostTensors {
  const key = JSON.stringify(shape);
  const parameters = known.get(key) ?? drawParameters(shape);
  known.set(key, parameters);
  return parameters;
}

function drawParameters(shape: ModelShape): HostTensors {
  const drawn = initialState(shape, { std: 0.4, positions: 'random' }, 3);
  // New biases are 0 and new gains 1: a trained model's are not, and a growth that loses them must not pass.
  return new Map(
    [...drawn].map(([name, { shape: size, values }]) => {
      const noise = fresh('kernel', `noise of ${name}`, size);
      return [name, { shape: size, values: values.map((value, index) => value + 0.3 * noise[index]!) }];
    }),
  );
}

const BATCH = 2;
const MASKED = 3;

/** Two sequences of `length` tokens with the same masked positions for every model that can read them. */
function inputOf(length: number): EncoderInput {
  const ids = Int32Array.from({ length: BATCH * length }, (_, index) => (index * 7 + 3) % 13);
  const masked = Int32Array.from({ length: BATCH * MASKED }, (_, index) => {
    return Math.floor(index / MASKED) * length + 1 + (index % MASKED);
  });
  return {
    batch: BATCH,
    length,
    ids: tf.tensor1d(ids, 'int32'),
    segments: null,
    mask: null,
    masking: {
      masked: tf.tensor1d(masked, 'int32'),
      visible: tf.tensor1d(visibleRows(masked, ids.length), 'int32'),
    },
  };
}

/** Logits of the masked tokens, and then those of the next-sentence head. */
function logits(parameters: Tensors, shape: ModelShape, length: number): tf.Tensor1D {
  const encoded = encode(parameters, { ...shape, length }, inputOf(length), null);
  const masked = maskedTokenLogits(parameters, maskedRows(encoded, { ...shape, length }, inputOf(length)));
  const pairs = nextSentenceLogits(parameters, shape, encoded);
  return tf.concat([tf.reshape<tf.Rank.R1>(masked, [masked.size]), tf.reshape<tf.Rank.R1>(pairs, [pairs.size])]);
}

/** What a model computes with at the moment of its growth: what enters it through masks is still kept out. */
const atGrowth = (state: Tensors, shape: ModelShape, entering: Entering | null): Tensors =>
  entering === null ? state : enteringState(state, shape, entering, tf.scalar(0));

/** The largest difference that growing makes to any logit of a head, for sequences that the small model can read. */
interface Drift {
  readonly maskedLm: number;
  readonly nextSentence: number;
}

function drift(small: ModelShape, grown: ModelShape, recipe: Recipe, entering: Entering | null): Drift {
  return tf.tidy(() => {
    const parameters = parametersOf(small);
    const before = logits(toTensors(parameters), small, small.length);
    const state = atGrowth(toTensors(applyRecipe(recipe, parameters, fresh)), grown, entering);
    const after = logits(state, grown, small.length);
    const change = tf.abs(tf.sub(before, after));
    const most = (from: number, count: number) => tf.max(tf.slice(change, [from], [count])).dataSync()[0]!;
    const pairs = BATCH * CONTINUATIONS;
    return { maskedLm: most(0, change.size - pairs), nextSentence: most(change.size - pairs, pairs) };
  });
}

/** Weighs each logit differently: the gradient of an unweighted sum would hide a factor that is wrong. */
function gradients(
  parameters: HostTensors,
  shape: ModelShape,
  length: number,
  entering: Entering | null = null,
): HostTensors {
  const names = [...parameters.keys()];
  const size = [BATCH * MASKED * shape.vocab + BATCH * CONTINUATIONS] as const;
  const probe = tf.tensor(fresh('kernel', 'probe', size), [...size]);
  const loss = (...values: tf.Tensor[]) => {
    const state = Object.fromEntries(values.map((tensor, index) => [names[index]!, tensor]));
    return tf.sum<tf.Scalar>(tf.mul(logits(atGrowth(state, shape, entering), shape, length), probe));
  };
  const found = tf.grads(loss)(Object.values(toTensors(parameters)));
  return new Map(
    found.map((gradient, index) => [
      names[index]!,
      { shape: gradient.shape, values: Float32Array.from(gradient.dataSync()) },
    ]),
  );
}

const largest = ({ values }: HostTensor): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/**
 * The largest error of `predicted`, relative to the largest number of its parameter. Key biases have no gradient
 * (softmax does not see them), only rounding errors: what is a thousand times smaller than the largest is not compared
 * with itself.
 */
function worstError(actual: HostTensors, predicted: HostTensors): number {
  const floor = Math.max(...[...actual.values()].map(largest)) / 1000;
  const errors = [...actual].map(([name, { shape, values }]) => {
    const other = predicted.get(name)!.values;
    const error = values.map((value, index) => value - other[index]!);
    return largest({ shape, values: error }) / Math.max(floor, largest({ shape, values }));
  });
  return Math.max(...errors);
}

const squared = (tensors: HostTensors): HostTensors =>
  new Map(
    [...tensors].map(([name, { shape, values }]) => [name, { shape, values: values.map((value) => value ** 2) }]),
  );

const reductionOf = ({ name, example }: GrowthOperator) => ({ operator: name, settings: example });
const growthOf = (...used: readonly GrowthOperator[]): Schedule => [
  { share: 0.5, reductions: Object.fromEntries(used.map((operator) => [operator.dimension, reductionOf(operator)])) },
  { share: 0.5, reductions: {} },
];
const of = (dimension: Dimension) => operators.filter((operator) => operator.dimension === dimension);

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(publishChanges);
let tensors = 0;
beforeEach(() => {
  tensors = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors, 'leaked tensors').toBe(tensors);
});

/** Runs a test's tensor work and leaves nothing behind. */
function tidily<Values extends readonly unknown[]>(work: (...values: Values) => void): (...values: Values) => void {
  return (...values) => {
    tf.tidy(() => {
      work(...values);
    });
  };
}

test('operator names are unique', () => {
  const names = operators.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

describe.each(operators.map((operator) => [operator.name, operator] as const))('%s', (_, operator) => {
  const norms = ['post', 'pre'] as const;

  test('accepts its own example, whose settings are the ones it declares', () => {
    expect(operator.refuse(target('post'), operator.example)).toBeNull();
    expect(Object.keys(operator.example)).toEqual(Object.keys(operator.settings));
  });

  test('needs its first setting only', () => {
    const [first, ...others] = Object.values(operator.settings);
    expect(first!.default).toBeUndefined();
    expect(others.filter((rule) => rule.default === undefined)).toEqual([]);
  });

  test.each(norms)('starts smaller and ends at the target, %s-norm', (norm) => {
    const whole = target(norm);
    const small = operator.shrink(whole, operator.example);
    expect(small).not.toEqual(whole);
    checkRecipe(operator.grow(small, whole, operator.example), small, whole);
  });

  test.each(norms)(
    `keeps the function where it claims to ("${operator.preservation.claim}"), %s-norm`,
    tidily((norm) => {
      const whole = target(norm);
      const small = operator.shrink(whole, operator.example);
      const recipe = operator.grow(small, whole, operator.example);
      const change = drift(small, whole, recipe, enteringAfter(whole, growthOf(operator), 0));
      if (operator.preservation.holds(small, whole)) expectKept(change);
      else expect(change.maskedLm).toBeGreaterThan(1e-2);
      tellChange(operator.name, norm, change.maskedLm);
    }),
  );

  test('can be had in the sizes it lists, all cheaper than the target, the last more so than the first', () => {
    const shapes = sizesOf(operator).map((settings) => {
      expect(operator.refuse(target('post'), settings)).toBeNull();
      return operator.shrink(target('post'), settings);
    });
    const costs = shapes.map((shape) => forwardFlops(shape, MASKED));
    expect(Math.max(...costs)).toBeLessThan(forwardFlops(target('post'), MASKED));
    if (costs.length > 1) expect(costs[0]).toBeGreaterThan(costs.at(-1)!);
  });

  test(
    'grows to the target in two steps as well',
    tidily(() => {
      const whole = target('pre');
      const [small, middle] = twoSizes(operator);
      const stages = [small, middle].map((settings) => ({
        share: 0.25,
        reductions: { [operator.dimension]: { operator: operator.name, settings } },
      }));
      const schedule: Schedule = [...stages, { share: 0.5, reductions: {} }];
      expect(scheduleProblems(whole, schedule)).toEqual([]);
      const shapes = schedule.map((stage) => stageShape(whole, stage));
      for (const index of [0, 1]) {
        const [from, to] = [shapes[index]!, shapes[index + 1]!];
        const recipe = growthAfter(whole, schedule, index);
        checkRecipe(recipe, from, to);
        if (operator.preservation.holds(from, to))
          expectKept(drift(from, to, recipe, enteringAfter(whole, schedule, index)));
      }
    }),
  );

  test('has a small model whose matrix products are those of the FLOPs formula', async () => {
    const small = operator.shrink(target('post'), operator.example);
    const run = () => logits(toTensors(parametersOf(small)), small, small.length);
    expect(await countFlops(run)).toBe(BATCH * forwardFlops(small, MASKED));
  });
});

function expectKept({ maskedLm, nextSentence }: Drift): void {
  expect(maskedLm).toBeLessThan(1e-4);
  expect(nextSentence).toBeLessThan(1e-4);
}

/** Every setting of an operator's size, the others as in its example. */
function sizesOf(operator: GrowthOperator): OperatorSettings[] {
  const [first] = Object.keys(operator.settings);
  return operator.sizes(target('post')).map((size) => ({ ...operator.example, [first!]: size }));
}

/** The smallest size, and one between it and the target that costs more. */
function twoSizes(operator: GrowthOperator): [OperatorSettings, OperatorSettings] {
  const all = sizesOf(operator);
  return [all.at(-1)!, all[Math.floor((all.length - 1) / 2)]!];
}

/** The norm with which an operator's example keeps the function; null where neither does. */
function preservingNorm(operator: GrowthOperator): ModelShape['norm'] | null {
  const holds = (norm: ModelShape['norm']) =>
    operator.preservation.holds(operator.shrink(target(norm), operator.example), target(norm));
  return (['post', 'pre'] as const).find(holds) ?? null;
}

// Derived for growth that keeps the function: elsewhere the gradients before and after are of different functions.
const preserving = operators.flatMap((operator) => {
  const norm = preservingNorm(operator);
  return norm === null ? [] : [[operator.name, operator, norm] as const];
});
test.each(preserving)(
  '%s hands gradients on as its moments are derived',
  tidily((_, operator, norm) => {
    const whole = target(norm);
    const small = operator.shrink(whole, operator.example);
    const recipe = operator.grow(small, whole, operator.example);
    const parameters = parametersOf(small);
    const before = gradients(parameters, small, small.length);
    const entering = enteringAfter(whole, growthOf(operator), 0);
    const after = gradients(applyRecipe(recipe, parameters, fresh), whole, small.length, entering);
    const moments = [momentRecipe(recipe, small, 1), momentRecipe(recipe, small, 2)] as const;
    const first = derived(moments[0], before);
    const second = derived(moments[1], squared(before));
    expect(first.size).toBeGreaterThan(0);
    expect(worstError(first, after)).toBeLessThan(1e-3);
    expect(worstError(second, squared(after))).toBeLessThan(2e-3);
  }),
);

/** Moments as they are handed on. What starts with moments of 0 claims to know nothing, and is left out. */
function derived(recipe: Recipe, moments: HostTensors): HostTensors {
  return applyRecipe(new Map([...recipe].filter(([, expression]) => expression.op !== 'fill')), moments, fresh);
}

const smallShapes = new Map(
  operators.map((operator) => {
    const shape = { ...operator.shrink(withoutPairs('post'), operator.example), vocab: 50 };
    return [JSON.stringify(shape), [operator.name, shape] as const];
  }),
);
test.each([...smallShapes.values()])("%s's small model learns: the loss falls over 50 steps", async (_, shape) => {
  const program = await engine.compile({ train: bertStep(0, shape) }, bertState(1, shape));
  const losses: number[] = [];
  for (let step = 0; step < 50; step += 1) {
    losses.push(scalarOutput(await program.run('train', bertFeeds(step, 3e-3, shape)), 'loss'));
  }
  program.dispose();
  expect(mean(losses.slice(-5))).toBeLessThan(mean(losses.slice(0, 5)) - 0.5);
});

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** Every choice of one operator from each of the given dimensions. */
function choices(dimensions: readonly Dimension[]): GrowthOperator[][] {
  return dimensions.reduce<GrowthOperator[][]>(
    (found, dimension) => found.flatMap((chosen) => of(dimension).map((operator) => [...chosen, operator])),
    [[]],
  );
}
const pairs = DIMENSIONS.flatMap((first, index) =>
  DIMENSIONS.slice(index + 1).flatMap((second) => choices([first, second])),
);
const triples = DIMENSIONS.flatMap((left) => choices(DIMENSIONS.filter((dimension) => dimension !== left)));
const named = (choice: readonly GrowthOperator[]) => choice.map(({ name }) => name).join(' + ');

test.each([...pairs, ...triples].map((used) => [named(used), used] as const))(
  '%s make one model small and grow it to the target in one transition',
  (_, used) => {
    for (const norm of ['post', 'pre'] as const) {
      const [schedule, whole] = [growthOf(...used), target(norm)];
      checkRecipe(growthAfter(whole, schedule, 0), stageShape(whole, schedule[0]!), whole);
    }
  },
);

test.each(pairs.map((used) => [named(used), used] as const))(
  '%s at once keep the function where each of them does, and make what they make one after the other',
  tidily((_, used) => {
    const [schedule, whole] = [growthOf(...used), target('pre')];
    const small = stageShape(whole, schedule[0]!);
    const recipe = growthAfter(whole, schedule, 0);
    const change = drift(small, whole, recipe, enteringAfter(whole, schedule, 0));
    if (used.every(({ preservation }) => preservation.holds(small, whole))) expectKept(change);
    else expect(change.maskedLm).toBeGreaterThan(1e-2);

    const parameters = parametersOf(small);
    expect(furthest(inTurn(used, parameters, whole), applyRecipe(recipe, parameters, fresh))).toBe(0);
  }),
);

/** The largest difference of any two numbers of the same place. */
function furthest(one: HostTensors, other: HostTensors): number {
  expect([...one.keys()]).toEqual([...other.keys()]);
  const differences = [...one].map(([name, { shape, values }]) => {
    const others = other.get(name)!.values;
    return largest({ shape, values: values.map((value, index) => value - others[index]!) });
  });
  return Math.max(...differences);
}

/** Grows one dimension after the other, each by a transition of its own. */
function inTurn(used: readonly GrowthOperator[], parameters: HostTensors, whole: ModelShape): HostTensors {
  return used.reduce((grown, _, index) => {
    const [from, to] = [used.slice(index), used.slice(index + 1)].map((left) => growthOf(...left)[0]!);
    return applyRecipe(growthAfter(whole, [from!, to!], 0), grown, fresh);
  }, parameters);
}
