import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { HostTensor, HostTensors, Tensors } from '../../src/engine/engine.ts';
import { openWasm } from '../../src/engine/wasm.ts';
import type { Entering } from '../../src/growth/entering.ts';
import { UNREDUCED, DIMENSIONS, type Dimension, type ModelShape } from '../../src/growth/layout.ts';
import { momentRecipe } from '../../src/growth/moments.ts';
import type { GrowthOperator } from '../../src/growth/operator.ts';
import { operators } from '../../src/growth/operators/index.ts';
import { checkRecipe, type Recipe } from '../../src/growth/recipe.ts';
import { enteringAfter, growthAfter, stageShape, type Schedule } from '../../src/growth/schedule.ts';
import type { EncoderInput } from '../../src/train/encoder.ts';
import { enteringState } from '../../src/train/entering.ts';
import { applyRecipe } from '../../src/train/grow.ts';
import { freshParameter, initialState } from '../../src/train/init.ts';
import { visibleRows } from '../../src/train/masked-batch.ts';
import { maskedLmLogits } from '../../src/train/masked-lm.ts';
import { toTensors } from '../../src/train/parameters.ts';

// What every operator must keep, alone and together with those of other dimensions. A new one is held to it by being
// registered.

const target = (norm: ModelShape['norm']): ModelShape => ({
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

/** Large enough for a wrong growth to show, small enough for attention not to saturate. */
const fresh = freshParameter({ std: 0.4, positions: 'random' }, 5);
const parametersOf = (shape: ModelShape): HostTensors => {
  const drawn = initialState(shape, { std: 0.4, positions: 'random' }, 3);
  // New biases are 0 and new gains 1: a trained model's are not, and a growth that loses them must not pass.
  return new Map(
    [...drawn].map(([name, { shape: size, values }]) => {
      const noise = fresh('kernel', `noise of ${name}`, size);
      return [name, { shape: size, values: values.map((value, index) => value + 0.3 * noise[index]!) }];
    }),
  );
};

const BATCH = 2;
const MASKED = 3;

/** Two sequences of `length` tokens with the same masked positions for every model that can read them. */
function inputOf(length: number): EncoderInput {
  const ids = Int32Array.from({ length: BATCH * length }, (_, index) => (index * 7 + 3) % 13);
  const masked = Int32Array.from({ length: BATCH * MASKED }, (_, index) => {
    return Math.floor(index / MASKED) * length + 1 + 2 * (index % MASKED);
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

const logits = (parameters: Tensors, shape: ModelShape, length: number): tf.Tensor2D =>
  maskedLmLogits(parameters, { ...shape, length }, inputOf(length), null);

/** What a model computes with at the moment of its growth: what enters it through masks is still kept out. */
const atGrowth = (state: Tensors, shape: ModelShape, entering: Entering | null): Tensors =>
  entering === null ? state : enteringState(state, shape, entering, tf.scalar(0));

/** The largest difference that growing makes to any logit, for sequences that the small model can read. */
function drift(small: ModelShape, grown: ModelShape, recipe: Recipe, entering: Entering | null): number {
  return tf.tidy(() => {
    const parameters = parametersOf(small);
    const before = logits(toTensors(parameters), small, small.length);
    const state = atGrowth(toTensors(applyRecipe(recipe, parameters, fresh)), grown, entering);
    const after = logits(state, grown, small.length);
    return tf.max(tf.abs(tf.sub(before, after))).dataSync()[0]!;
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
  const size = [BATCH * MASKED, shape.vocab] as const;
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

beforeAll(async () => {
  await openWasm();
});
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
  test('accepts its own example, whose settings are the ones it declares', () => {
    expect(operator.refuse(target('post'), operator.example)).toBeNull();
    expect(Object.keys(operator.example)).toEqual(Object.keys(operator.settings));
  });

  test.each(['post', 'pre'] as const)('starts smaller and ends at the target, %s-norm', (norm) => {
    const whole = target(norm);
    const small = operator.shrink(whole, operator.example);
    expect(small).not.toEqual(whole);
    checkRecipe(operator.grow(small, whole, operator.example), small, whole);
  });

  test.each(['post', 'pre'] as const)(
    `keeps the function where it claims to ("${operator.preservation.claim}"), %s-norm`,
    tidily((norm) => {
      const whole = target(norm);
      const small = operator.shrink(whole, operator.example);
      const recipe = operator.grow(small, whole, operator.example);
      const change = drift(small, whole, recipe, enteringAfter(whole, growthOf(operator), 0));
      if (operator.preservation.holds(small, whole)) expect(change).toBeLessThan(1e-4);
      else expect(change).toBeGreaterThan(1e-2);
    }),
  );
});

// Derived for growth that keeps the function: elsewhere the gradients before and after are of different functions.
const preserving = operators.filter((operator) =>
  operator.preservation.holds(operator.shrink(target('post'), operator.example), target('post')),
);
test.each(preserving.map((operator) => [operator.name, operator] as const))(
  '%s hands gradients on as its moments are derived',
  tidily((_, operator) => {
    const whole = target('post');
    const small = operator.shrink(whole, operator.example);
    const recipe = operator.grow(small, whole, operator.example);
    const parameters = parametersOf(small);
    const before = gradients(parameters, small, small.length);
    const entering = enteringAfter(whole, growthOf(operator), 0);
    const after = gradients(applyRecipe(recipe, parameters, fresh), whole, small.length, entering);
    const first = applyRecipe(momentRecipe(recipe, small, 1), before, fresh);
    const second = applyRecipe(momentRecipe(recipe, small, 2), squared(before), fresh);
    expect(worstError(after, first)).toBeLessThan(1e-3);
    expect(worstError(squared(after), second)).toBeLessThan(2e-3);
  }),
);

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
const compound = [...pairs, ...triples].map((used) => [used.map(({ name }) => name).join(' + '), used] as const);

describe.each(compound)('%s in one transition', (_, used) => {
  const whole = target('pre');
  const schedule = growthOf(...used);
  const small = stageShape(whole, schedule[0]!);
  const recipe = growthAfter(whole, schedule, 0);

  test('ends at the target', () => {
    checkRecipe(recipe, small, whole);
  });

  test(
    'keeps the function where each of them does, and is the same as one after the other, in any order',
    tidily(() => {
      const change = drift(small, whole, recipe, enteringAfter(whole, schedule, 0));
      if (used.every(({ preservation }) => preservation.holds(small, whole))) expect(change).toBeLessThan(1e-4);
      else expect(change).toBeGreaterThan(1e-2);

      const parameters = parametersOf(small);
      const atOnce = applyRecipe(recipe, parameters, fresh);
      for (const order of [used, used.toReversed()]) expect(inTurn(order, parameters, whole)).toEqual(atOnce);
    }),
  );
});

/** Grows one dimension after the other, each by a transition of its own. */
function inTurn(order: readonly GrowthOperator[], parameters: HostTensors, whole: ModelShape): HostTensors {
  return order.reduce((grown, _, index) => {
    const [from, to] = [order.slice(index), order.slice(index + 1)].map((left) => growthOf(...left)[0]!);
    return applyRecipe(growthAfter(whole, [from!, to!], 0), grown, fresh);
  }, parameters);
}
