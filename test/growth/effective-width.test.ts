import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HostTensors } from '../../src/engine/engine.ts';
import { effectiveWidth } from '../../src/growth/effective-width.ts';
import type { ModelShape } from '../../src/growth/layout.ts';
import { ffnShare } from '../../src/growth/operators/ffn-share.ts';
import { widthCopy } from '../../src/growth/operators/width-copy.ts';
import { widthDouble } from '../../src/growth/operators/width-double.ts';
import { widthRandom } from '../../src/growth/operators/width-random.ts';
import { alike, fold } from '../../src/growth/partition.ts';
import { applyRecipe } from '../../src/train/grow.ts';
import { bertOf, fresh, trainedLike } from './small-bert.ts';

const small = bertOf({ hidden: 8, heads: 2, ffn: 12 });
const large = bertOf({ hidden: 16, heads: 4, ffn: 24 });
const norms = ['post', 'pre'] as const;
const grownBy = (operator: typeof widthCopy, norm: ModelShape['norm'], noise = 0, from = small, to = large) => {
  const recipe = operator.grow({ ...from, norm }, { ...to, norm }, { noise });
  return applyRecipe(recipe, trainedLike({ ...from, norm }), fresh);
};

/** The model with one number changed. */
function changed(parameters: HostTensors, name: string, place: number, by = 0.01): HostTensors {
  const { shape, values } = parameters.get(name)!;
  return new Map([...parameters, [name, { shape, values: values.with(place, values[place]! + by) }]]);
}

describe.each(norms)('in %s-norm', (norm) => {
  const shape = { ...large, norm };

  test('all units of a new model differ', () => {
    expect(effectiveWidth(trainedLike(shape), shape)).toEqual({ ffn: 24, hidden: 16 });
  });

  test.each([
    ['copies', widthCopy, 0],
    ['copies with noise on what reads them', widthCopy, 1],
    ['a model beside itself', widthDouble, 0],
    ['a model beside itself, with noise', widthDouble, 1],
  ])('%s are as wide as what they were made of', (_, operator, noise) => {
    expect(effectiveWidth(grownBy(operator, norm, noise), shape)).toEqual({ ffn: 12, hidden: 8 });
  });

  test('units that were drawn count', () => {
    expect(effectiveWidth(grownBy(widthRandom, norm), shape)).toEqual({ ffn: 24, hidden: 16 });
  });

  // Unit 9 is a copy of unit 1, FFN unit 13 of 1, head 3 of 1.
  test.each([
    ['the bias of an FFN unit parts that unit', 'layer_0/ffn_input/bias', 13, { ffn: 12.5, hidden: 8 }],
    [
      'what an FFN unit gives one hidden unit parts the hidden unit',
      'layer_1/ffn_output/kernel',
      13 * 16 + 9,
      { ffn: 12, hidden: 9 },
    ],
    ['an embedding of a hidden unit parts it', 'embedding/tokens', 5 * 16 + 9, { ffn: 12, hidden: 9 }],
    ['the value of one head parts none but the head', 'layer_0/value/bias', 12, { ffn: 12, hidden: 8 }],
    ['the masked-LM head says nothing of the stream', 'masked_lm/transform/kernel', 9, { ffn: 12, hidden: 8 }],
    [
      'a query that reads one copy more than the other parts no copies',
      'layer_0/query/kernel',
      0,
      { ffn: 12, hidden: 8 },
    ],
    ['the bias of a key is not seen', 'layer_0/key/bias', 12, { ffn: 12, hidden: 8 }],
  ])('%s', (_, name, place, want) => {
    expect(effectiveWidth(changed(grownBy(widthCopy, norm), name, place), shape)).toEqual(want);
  });

  test('once two FFN units part, noise parts whatever reads them, and whatever reads that', () => {
    const noisy = grownBy(widthCopy, norm, 1);
    // Copies that had noise to sum to 0 do not once the units below them differ.
    expect(effectiveWidth(changed(noisy, 'layer_0/ffn_input/bias', 13), shape)).toEqual({
      ffn: 24,
      hidden: 16,
    });
  });
});

test('FFN units shared by tiling count once, mean over layers', () => {
  const from = bertOf({ hidden: 8, ffn: 4 });
  const to = bertOf({ hidden: 8, ffn: 16 });
  const grown = applyRecipe(ffnShare.grow(from, to, {}), trainedLike(from), fresh);
  expect(effectiveWidth(grown, to)).toEqual({ ffn: 4, hidden: 8 });
  expect(effectiveWidth(changed(grown, 'layer_1/ffn_input/kernel', 5), to)).toEqual({ ffn: 4.5, hidden: 8 });
});

test('rounding parts nothing, and without tolerance any bit does', () => {
  const grown = grownBy(widthCopy, 'post');
  const rounded = changed(grown, 'embedding/tokens', 9, 1e-7);
  expect(effectiveWidth(rounded, large).hidden).toBe(8);
  expect(effectiveWidth(rounded, large, 0).hidden).toBe(9);
});

describe('columns that are alike', () => {
  const matrices = fc
    .record({ rows: fc.integer({ min: 1, max: 4 }), columns: fc.integer({ min: 1, max: 12 }) })
    .chain(({ rows, columns }) =>
      fc.array(fc.array(fc.integer({ min: 0, max: 1 }), { minLength: columns, maxLength: columns }), {
        minLength: rows,
        maxLength: rows,
      }),
    );

  test('are those that a comparison of all with all finds', () => {
    fc.assert(
      fc.property(matrices, (rows) => {
        const texts = rows[0]!.map((_, column) => rows.map((row) => row[column]).join());
        const { of, count } = alike(rows, texts.length, 1e-6);
        expect(count).toBe(new Set(texts).size);
        for (const [a, text] of texts.entries()) {
          for (const [b, other] of texts.entries()) expect(of[a] === of[b]).toBe(text === other);
        }
      }),
    );
  });

  test('are found among many, whatever their order', () => {
    const numbers = fresh('kernel', 'many', [40, 300]);
    const rows = Array.from({ length: 40 }, (_, row) =>
      Float32Array.from({ length: 900 }, (_unit, unit) => numbers[row * 300 + ((unit * 7) % 300)]!),
    );
    expect(alike(rows, 900, 1e-6).count).toBe(300);
  });

  test('add up by class', () => {
    const rows = [
      [1, 2],
      [3, 4],
      [5, 6],
    ];
    expect(fold(rows, 2, { of: [1, 0, 1], count: 2 }).map((row) => Array.from(row))).toEqual([
      [3, 4],
      [6, 8],
    ]);
  });
});
