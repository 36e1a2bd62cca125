import { describe, expect, test } from 'vitest';
import { UNREDUCED, dims, layout, type ModelShape } from '../../src/growth/layout.ts';
import { freshParameter, initialState } from '../../src/train/init.ts';

const shape: ModelShape = {
  ...{ layers: 1, hidden: 32, heads: 4, ffn: 128, vocab: 300, positions: 8, length: 8 },
  ...{ norm: 'pre', ...UNREDUCED },
};
const random = { std: 0.5, positions: 'random' } as const;

/** Standard deviation of a standard normal variable cut at ±2, from the formula for truncated normals. */
const CUT_DEVIATION = 0.8796;

describe('a new model', () => {
  const state = initialState(shape, random, 1);

  test('has every parameter of the layout in its shape', () => {
    const shapes = [...state].map(([name, tensor]) => [name, tensor.shape, tensor.values.length]);
    expect(shapes).toEqual(
      layout(shape).map((parameter) => {
        const size = dims(parameter, shape);
        return [parameter.name, size, size.reduce((a, b) => a * b, 1)];
      }),
    );
  });

  test.each(['layer_0/ffn_input/kernel', 'embedding/tokens'])(
    'has %s normal, cut at two standard deviations',
    (name) => {
      const { values } = state.get(name)!;
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
      const within = values.filter((value) => Math.abs(value) < 0.5).length / values.length;
      // Five standard errors each: a fair generator fails once in a million.
      const error = deviation / Math.sqrt(values.length);
      expect(Math.abs(mean)).toBeLessThan(5 * error);
      expect(Math.abs(deviation / 0.5 - CUT_DEVIATION)).toBeLessThan(0.02);
      expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(1);
      // Φ: 0.6827 of a normal variable lies within one deviation, 0.9545 within two.
      expect(Math.abs(within - 0.6827 / 0.9545)).toBeLessThan(0.04);
    },
  );

  test('has biases of 0 and gains of 1', () => {
    expect(state.get('layer_0/ffn_input/bias')!.values).toEqual(new Float32Array(128));
    expect(state.get('final_norm/gain')!.values).toEqual(new Float32Array(32).fill(1));
  });

  test('depends on the seed', () => {
    expect(initialState(shape, random, 1)).toEqual(state);
    const other = initialState(shape, random, 2);
    expect(other.get('layer_0/query/kernel')).not.toEqual(state.get('layer_0/query/kernel'));
    expect(initialState(shape, random, 2 ** 32 + 1).get('layer_0/query/kernel')).not.toEqual(
      state.get('layer_0/query/kernel'),
    );
  });

  test('shares the parameters that a deeper model of the same seed has too', () => {
    const deeper = initialState({ ...shape, layers: 2 }, random, 1);
    for (const [name, tensor] of state) expect(deeper.get(name), name).toEqual(tensor);
  });

  test('has no two kernels alike', () => {
    const deeper = initialState({ ...shape, layers: 2 }, random, 1);
    expect(deeper.get('layer_0/query/kernel')).not.toEqual(deeper.get('layer_1/query/kernel'));
    expect(deeper.get('layer_0/query/kernel')).not.toEqual(deeper.get('layer_0/key/kernel'));
  });
});

test('sinusoidal positions: sine and cosine in turn, wavelengths from 2π up to 2π·100', () => {
  const table = freshParameter({ std: 0.1, positions: 'sinusoidal' }, 1)('table', 'embedding/positions', [8, 4]);
  const at = (position: number, unit: number) => table[position * 4 + unit]! / 0.16;
  expect([at(0, 0), at(0, 1), at(0, 2), at(0, 3)]).toEqual([0, expect.closeTo(1), 0, expect.closeTo(1)]);
  expect(at(3, 0)).toBeCloseTo(Math.sin(3));
  expect(at(3, 1)).toBeCloseTo(Math.cos(3));
  expect(at(3, 2)).toBeCloseTo(Math.sin(0.3));
  expect(at(7, 3)).toBeCloseTo(Math.cos(0.7));
});
