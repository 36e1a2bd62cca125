import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { openWasm } from '../../src/engine/wasm.ts';
import type { ModelShape, Pool } from '../../src/growth/layout.ts';
import { momentRecipe } from '../../src/growth/moments.ts';
import type { GrowthOperator, OperatorSettings } from '../../src/growth/operator.ts';
import { operators } from '../../src/growth/operators/index.ts';
import { stack } from '../../src/growth/operators/stack.ts';
import { widthCopy } from '../../src/growth/operators/width-copy.ts';
import { widthDouble } from '../../src/growth/operators/width-double.ts';
import { widthLemon } from '../../src/growth/operators/width-lemon.ts';
import { widthNextLayer } from '../../src/growth/operators/width-next-layer.ts';
import { widthRandom } from '../../src/growth/operators/width-random.ts';
import { checkRecipe, compose } from '../../src/growth/recipe.ts';
import { applyRecipe } from '../../src/train/grow.ts';
import { bertOf, fresh, largestDifference, logitsOf, pairLogitsOf, rowsOf, trainedLike } from './small-bert.ts';

// What the contract test cannot ask of every operator: sizes and copies of hidden units, heads and FFN.

const growing = operators.filter(({ settings }) => 'hidden' in settings);
const named = growing.map((operator) => [operator.name, operator] as const);

const settingsOf = ({ settings }: GrowthOperator, hidden: number, noise = 0): OperatorSettings =>
  Object.fromEntries(Object.keys(settings).map((name) => [name, { hidden, noise }[name] ?? 0]));
const grow = (operator: GrowthOperator, from: ModelShape, to: ModelShape, noise = 0) =>
  applyRecipe(operator.grow(from, to, settingsOf(operator, from.hidden, noise)), trainedLike(from), fresh);

beforeAll(async () => {
  await openWasm();
});

const pools: readonly (Pool | null)[] = [null, { how: 'mean', window: 2 }, { how: 'concat', window: 3 }];
const targets = fc
  .record({
    heads: fc.integer({ min: 2, max: 8 }),
    size: fc.integer({ min: 1, max: 4 }),
    norm: fc.constantFrom('post' as const, 'pre' as const),
    pool: fc.constantFrom(...pools),
    scoreGroup: fc.constantFrom(1, 2),
  })
  .map(({ heads, size, ...rest }) => bertOf({ heads, hidden: heads * size, ffn: 3 * heads, ...rest }));

describe.each(named)('%s', (_, operator) => {
  test('grows from every size it lists to every larger one and to the target, heads keeping their size', () => {
    fc.assert(
      fc.property(targets, (target) => {
        const shapes = operator.sizes(target).map((hidden) => operator.shrink(target, settingsOf(operator, hidden)));
        for (const small of shapes) {
          expect(small.hidden / small.heads).toBe(target.hidden / target.heads);
          for (const to of [target, ...shapes].filter(({ hidden }) => hidden > small.hidden)) {
            const settings = settingsOf(operator, small.hidden, 0.1);
            if (operator.refuse(to, settingsOf(operator, small.hidden)) !== null) continue;
            checkRecipe(operator.grow(small, to, settings), small, to);
            checkRecipe(momentRecipe(operator.grow(small, to, settings), small, 2), small, to);
          }
        }
      }),
      { numRuns: 12 },
    );
  });

  test('refuses a size that cuts a head, and the size of the target', () => {
    const target = bertOf({ hidden: 12, heads: 3 });
    expect(operator.refuse(target, settingsOf(operator, 6))).not.toBeNull();
    expect(operator.refuse(target, settingsOf(operator, 12))).not.toBeNull();
    expect(operator.sizes(target).every((hidden) => hidden % 4 === 0)).toBe(true);
  });

  test('grows width and depth at once from a single layer, moments too', () => {
    const target = bertOf({ layers: 3 });
    const wide = { ...target, layers: 1 };
    const small = operator.shrink(wide, settingsOf(operator, 4));
    const deep = { ...small, layers: 3 };
    const recipe = compose(stack.grow(small, deep, {}), operator.grow(deep, target, settingsOf(operator, 4)));
    checkRecipe(momentRecipe(recipe, small, 1), small, target);
  });
});

describe('sizes', () => {
  test('are the multiples of the head size, and halves for doubling', () => {
    const target = bertOf({ hidden: 24, heads: 6, ffn: 48 });
    expect(widthCopy.sizes(target)).toEqual([20, 16, 12, 8, 4]);
    expect(widthDouble.sizes(target)).toEqual([12]);
    expect(widthDouble.sizes(bertOf({ hidden: 32, heads: 8, ffn: 64 }))).toEqual([16, 8, 4]);
  });

  test('leave out what would take half a unit of the FFN', () => {
    expect(widthCopy.sizes(bertOf({ hidden: 12, heads: 3, ffn: 16 }))).toEqual([]);
    expect(widthCopy.refuse(bertOf({ hidden: 12, heads: 3, ffn: 16 }), { hidden: 8 })).toBe(
      'ffn must be given, since 10.666666666666666 units would be in proportion to hidden',
    );
    expect(widthCopy.refuse(bertOf({ hidden: 12, heads: 3, ffn: 16 }), { hidden: 8, ffn: 10 })).toBeNull();
    expect(widthCopy.refuse(bertOf({}), { hidden: 4, ffn: 17 })).toContain("must not be above the target's 16");
  });

  test('of lossless growth in post-norm are whole parts', () => {
    const target = bertOf({ hidden: 24, heads: 6, ffn: 48 });
    expect(widthLemon.sizes(target)).toEqual([12, 8, 4]);
    expect(widthLemon.sizes({ ...target, norm: 'pre' })).toEqual([20, 16, 12, 8, 4]);
    expect(widthLemon.refuse(target, { hidden: 16 })).toContain('must divide');
  });
});

describe.each(['post', 'pre'] as const)('by whole multiples in %s-norm', (norm) => {
  const small = bertOf({ norm, hidden: 4, heads: 1, ffn: 8 });
  test.each([
    ['width-copy', widthCopy, 3, 20],
    ['width-copy of the hidden size alone', widthCopy, 3, 8],
    ['width-lemon', widthLemon, 3, 20],
    ['width-double, twice', widthDouble, 4, 32],
  ])('%s keeps the logits, whatever noise sums to 0', (_, operator, times, ffn) => {
    const to = { ...small, hidden: 4 * times, heads: times, ffn };
    const before = logitsOf(trainedLike(small), small);
    expect(operator.preservation.holds(small, to)).toBe(true);
    for (const noise of [0, 2]) {
      const after = logitsOf(grow(operator, small, to, noise), to);
      expect(largestDifference(before, after)).toBeLessThan(1e-4);
    }
    expect([...grow(operator, small, to, 2)]).not.toEqual([...grow(operator, small, to, 0)]);
  });
});

describe('a pooled window of tokens, each with copied units, is projected to copies', () => {
  const pool: Pool = { how: 'concat', window: 3 };
  const small = bertOf({ pool, norm: 'pre', hidden: 4, heads: 1, ffn: 8 });
  const project = (x: readonly number[], kernel: Float32Array, width: number) =>
    Array.from({ length: width }, (_, unit) =>
      x.reduce((sum, value, row) => sum + value * kernel[row * width + unit]!, 0),
    );
  const tokens = [0, 1, 2].map((token) => [0, 1, 2, 3].map((unit) => Math.sin(1 + unit + 4 * token)));

  test.each([
    ['width-copy', widthCopy, 8, (x: readonly number[]) => [...x, ...x]],
    ['width-double', widthDouble, 8, (x: readonly number[]) => [...x, ...x]],
    // What the rest of a token holds is not read; what it is given is the mean.
    [
      'width-lemon',
      widthLemon,
      6,
      (x: readonly number[]) => [...x, 9, -9],
      (y: readonly number[]) => [...y, mean(y), mean(y)],
    ],
  ])('by %s', (_, operator, hidden, widen, expected = widen) => {
    const to = { ...small, hidden, heads: hidden / 4, ffn: operator === widthDouble ? 16 : 8 };
    const before = project(tokens.flat(), trainedLike(small).get('pool/kernel')!.values, 4);
    const after = project(tokens.flatMap(widen), grow(operator, small, to, 0.5).get('pool/kernel')!.values, hidden);
    expect(largestDifference(expected(before), after)).toBeLessThan(1e-5);
  });
});
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('width-lemon by an uneven ratio', () => {
  const small = bertOf({ norm: 'pre', hidden: 8, heads: 2, ffn: 16 });
  const to = { ...small, hidden: 20, heads: 5, ffn: 40 };
  const recipe = widthLemon.grow(small, to, { hidden: 8, noise: 1 });
  const evenGain = new Map(trainedLike(small)).set('embedding/norm/gain', {
    shape: [8],
    values: new Float32Array(8).fill(1.3),
  });

  test('keeps the encoder exactly where the embedding norm weighs all units alike', () => {
    const before = rowsOf(evenGain, small);
    const after = rowsOf(applyRecipe(recipe, evenGain, fresh), to);
    for (const [place, row] of before.entries()) {
      expect(largestDifference([...row, ...row, 0, 0, 0, 0], after[place]!)).toBeLessThan(1e-4);
    }
  });

  test('and the next-sentence head on top of it', () => {
    const paired = { ...small, nextSentence: true } as const;
    const own = new Map([...trainedLike(paired), ...evenGain]);
    const grown = widthLemon.grow(paired, { ...to, nextSentence: true }, { hidden: 8, noise: 1 });
    const before = pairLogitsOf(own, paired);
    expect(largestDifference(before, pairLogitsOf(applyRecipe(grown, own, fresh), to))).toBeLessThan(1e-4);
    expect(Math.max(...before.map(Math.abs))).toBeGreaterThan(0.1);
  });

  test('and where it does not more nearly than by copying alone', () => {
    const own = trainedLike(small);
    const before = rowsOf(own, small).flat();
    const error = (operator: GrowthOperator) =>
      largestDifference(
        before,
        rowsOf(grow(operator, small, to, 0), to).flatMap((row) => row.slice(0, 8)),
      );
    expect(error(widthLemon)).toBeGreaterThan(1e-4);
    expect(error(widthLemon)).toBeLessThan(error(widthCopy) / 2);
  });

  test('never keeps the masked-LM head, whose norm follows a GELU, and does not claim to', () => {
    const grown = applyRecipe(recipe, evenGain, fresh);
    expect(largestDifference(logitsOf(evenGain, small), logitsOf(grown, to))).toBeGreaterThan(1e-2);
    expect(widthLemon.preservation.holds(small, to)).toBe(false);
  });
});

/** A kernel's columns from `first` on, each as a list of its rows' numbers. */
function columns(values: Float32Array, width: number, first: number): number[][] {
  return Array.from({ length: width - first }, (_, column) =>
    Array.from({ length: values.length / width }, (_row, row) => values[row * width + first + column]!),
  );
}

describe('width-next-layer', () => {
  const small = bertOf({ layers: 3, hidden: 4, heads: 1, ffn: 8 });
  const to = bertOf({ layers: 3, hidden: 8, heads: 2, ffn: 12 });
  const grown = grow(widthNextLayer, small, to);
  const copied = grow(widthCopy, small, to);

  test('keeps its own units and gains those of the layer above', () => {
    for (const [leaf, width, first] of [
      ['value', 8, 4],
      ['ffn_output', 8, 4],
      ['ffn_input', 12, 8],
    ] as const) {
      const numbers = (of: typeof grown, layer: number) => of.get(`layer_${layer}/${leaf}/kernel`)!.values;
      const own = columns(numbers(grown, 0), width, 0).slice(0, first);
      expect(own).toEqual(columns(numbers(copied, 0), width, 0).slice(0, first));
      expect(columns(numbers(grown, 0), width, first)).toEqual(columns(numbers(copied, 1), width, first));
    }
  });

  test('copies in the top layer, the embeddings and the head, which have none above', () => {
    const same = [...grown].filter(([name, { values }]) => largestDifference(values, copied.get(name)!.values) === 0);
    const differ = [...grown.keys()].filter((name) => !same.some(([other]) => other === name));
    expect(differ.length).toBe(2 * 16);
    expect(differ.every((name) => name.startsWith('layer_0/') || name.startsWith('layer_1/'))).toBe(true);
  });
});

test('width-random keeps what was trained and draws the rest as for a new model', () => {
  const small = bertOf({ hidden: 4, heads: 1, ffn: 8 });
  const to = bertOf({ hidden: 8, heads: 2, ffn: 12 });
  const grown = grow(widthRandom, small, to).get('layer_1/ffn_input/kernel')!;
  const old = trainedLike(small).get('layer_1/ffn_input/kernel')!.values;
  const drawn = [
    fresh('kernel', 'layer_1/ffn_input/kernel, part of 8x12, part of 8x8', [4, 8]),
    fresh('kernel', 'layer_1/ffn_input/kernel, part of 8x12', [8, 4]),
  ];
  const at = (row: number, column: number) => grown.values[row * 12 + column]!;
  for (let row = 0; row < 8; row += 1) {
    for (let column = 0; column < 12; column += 1) {
      const inside = row < 4 ? old[row * 8 + column] : drawn[0]![(row - 4) * 8 + column];
      expect(at(row, column)).toBe(column < 8 ? inside : drawn[1]![row * 4 + column - 8]);
    }
  }
  const gain = grow(widthRandom, small, to).get('embedding/norm/gain')!.values;
  expect([...gain.subarray(4)]).toEqual([1, 1, 1, 1]);
});
