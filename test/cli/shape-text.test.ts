import { describe, expect, test } from 'vitest';
import { operatorTable } from '../../src/cli/commands/operators.ts';
import { shapeCode, shapeLegend, shapeSentence } from '../../src/cli/shape-text.ts';
import { UNREDUCED, type ModelShape } from '../../src/growth/layout.ts';
import { operators } from '../../src/growth/operators/index.ts';

const target: ModelShape = {
  ...{ layers: 4, hidden: 64, heads: 2, ffn: 256, vocab: 500, positions: 32, norm: 'post', length: 32 },
  ...UNREDUCED,
};
const small: ModelShape = {
  ...{ ...target, layers: 1, hidden: 32, ffnRank: 8 },
  ...{ scoreGroup: 2, pool: { how: 'max', window: 2 } },
};

describe('a model in words', () => {
  test.each<[string, string, Partial<ModelShape>]>([
    ['4 layers, hidden 64, FFN 256, length 32', '4L f256 n32', {}],
    ['1 layer, hidden 64, FFN 256, length 32', '1L f256 n32', { layers: 1 }],
    ['4 layers, hidden 32, FFN 128, length 32', '4L h32 f128 n32', { hidden: 32, ffn: 128 }],
    ['4 layers, hidden 64, FFN 256 of rank 8, length 32', '4L f256r8 n32', { ffnRank: 8 }],
    [
      '4 layers, hidden 64, FFN 256, length 32, pooled by 3 (mean)',
      '4L f256 n32/3',
      { pool: { how: 'mean', window: 3 } },
    ],
    [
      '4 layers, hidden 64, FFN 256, length 32, pooled by 3 (concat)',
      '4L f256 n32/concat3',
      { pool: { how: 'concat', window: 3 } },
    ],
    [
      '4 layers, hidden 64, FFN 256, length 32, attention scores shared by 2 layers',
      '4L f256 n32 a2',
      { scoreGroup: 2 },
    ],
  ])('%s', (sentence, code, reduced) => {
    expect(shapeSentence({ ...target, ...reduced })).toBe(sentence);
    expect(shapeCode({ ...target, ...reduced }, target)).toBe(code);
  });

  test('the legend explains the codes that occur, and no others', () => {
    expect(shapeLegend([target], target)).toEqual([]);
    expect(shapeLegend([target, small], target)).toEqual([
      'h32 is a hidden size of 32.',
      'f256r8 is an FFN of 256 units, its kernels factorized at rank 8.',
      'n32/max2 is 32 tokens, of every 2 the maximum.',
      'a2 is attention scores shared by 2 layers.',
    ]);
  });
});

test('the table of operators fits a terminal of 80 columns with all it has to say', () => {
  const table = operatorTable({ columns: 80, colour: false });
  expect(Math.max(...table.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
  expect(table).not.toContain('Too narrow');
  const words = table.replace(/\s+/g, ' ');
  for (const { name, source } of operators) {
    expect(words).toContain(` ${name} `);
    for (const word of source.split(' ')) expect(words).toContain(word);
  }
});
