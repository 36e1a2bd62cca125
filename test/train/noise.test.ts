import { describe, expect, test } from 'vitest';
import type { HostTensor, HostTensors } from '../../src/engine/engine.ts';
import type { GrowthOperator } from '../../src/growth/operator.ts';
import { ffnNet2net } from '../../src/growth/operators/ffn-net2net.ts';
import { ffnShare } from '../../src/growth/operators/ffn-share.ts';
import { applyRecipe } from '../../src/train/grow.ts';
import { freshParameter, initialState } from '../../src/train/init.ts';
import { SMALL } from './bert.ts';

const init = { std: 0.2, positions: 'random' } as const;
const FEW = 8;

/** A new model, grown from 8 FFN units to 32 with this much noise. */
function grownBy(operator: GrowthOperator, noise: number): HostTensors {
  const settings = operator === ffnShare ? { factor: 4, noise } : { units: FEW, noise };
  const small = operator.shrink(SMALL, settings);
  return applyRecipe(operator.grow(small, SMALL, settings), initialState(small, init, 1), freshParameter(init, 1));
}

const outgoing = (state: HostTensors): HostTensor => state.get('layer_0/ffn_output/kernel')!;
const incoming = (state: HostTensors, unit: number): number[] => {
  const { values, shape } = state.get('layer_0/ffn_input/kernel')!;
  return Array.from({ length: shape[0]! }, (_, row) => values[row * shape[1]! + unit]!);
};

describe.each([ffnShare, ffnNet2net].map((operator) => [operator.name, operator] as const))(
  'noise of %s',
  (_, operator) => {
    const [plain, noisy] = [grownBy(operator, 0), grownBy(operator, 0.5)];
    const added = outgoing(noisy).values.map((value, index) => value - outgoing(plain).values[index]!);

    test('is on the outgoing weights only, half as large as they are', () => {
      const rms = (values: Float32Array) =>
        Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
      const changed = [...plain].filter(([name, { values }]) =>
        noisy.get(name)!.values.some((value, i) => value !== values[i]),
      );
      expect(changed.map(([name]) => name)).toEqual(['layer_0/ffn_output/kernel', 'layer_1/ffn_output/kernel']);
      // Taking the mean of few copies away leaves somewhat less than was drawn.
      const size = rms(added) / rms(outgoing(plain).values);
      expect(size).toBeGreaterThan(0.3);
      expect(size).toBeLessThan(0.55);
    });

    test('sums to 0 over the copies of a unit', () => {
      const groups = new Map<string, number[]>();
      for (let unit = 0; unit < SMALL.ffn; unit += 1) {
        const key = incoming(plain, unit).join();
        groups.set(key, [...(groups.get(key) ?? []), unit]);
      }
      expect(groups.size).toBe(FEW);
      for (const units of groups.values()) {
        for (let column = 0; column < SMALL.hidden; column += 1) {
          const sum = units.reduce((total, unit) => total + added[unit * SMALL.hidden + column]!, 0);
          expect(Math.abs(sum)).toBeLessThan(1e-6);
        }
      }
    });
  },
);
