import { beforeAll, describe, expect, test } from 'vitest';
import type { Engine, HostTensor, HostTensors } from '../../src/engine/engine.ts';
import { openWasm } from '../../src/engine/wasm.ts';
import type { GrowthOperator } from '../../src/growth/operator.ts';
import { ffnNet2net } from '../../src/growth/operators/ffn-net2net.ts';
import { ffnShare } from '../../src/growth/operators/ffn-share.ts';
import { applyRecipe } from '../../src/train/grow.ts';
import { freshParameter, initialState } from '../../src/train/init.ts';
import { freshMoments } from '../../src/train/adamw.ts';
import { bertFeeds, bertStep, SMALL } from './bert.ts';

const init = { std: 0.2, positions: 'random' } as const;
const FEW = 8;

let engine: Engine;
beforeAll(async () => {
  engine = await openWasm();
});

/** A new model, grown from 8 FFN units to 32 with this much noise. */
function grownBy(operator: GrowthOperator, noise: number): HostTensors {
  const settings = operator === ffnShare ? { factor: 4, noise } : { units: FEW, noise };
  const small = operator.shrink(SMALL, settings);
  return applyRecipe(operator.grow(small, SMALL, settings), initialState(small, init, 1), freshParameter(init, 1));
}

async function trained(parameters: HostTensors, steps: number): Promise<HostTensors> {
  const program = await engine.compile({ train: bertStep(0) }, new Map([...parameters, ...freshMoments(parameters)]));
  for (let step = 0; step < steps; step += 1) await program.run('train', bertFeeds(step, 3e-3));
  const state = await program.read();
  program.dispose();
  return state;
}

const outgoing = (state: HostTensors): HostTensor => state.get('layer_0/ffn_output/kernel')!;
const rowOf = ({ values, shape }: HostTensor, unit: number): Float32Array =>
  values.slice(unit * shape[1]!, (unit + 1) * shape[1]!);
const incoming = (state: HostTensors, unit: number): number[] => {
  const { values, shape } = state.get('layer_0/ffn_input/kernel')!;
  return Array.from({ length: shape[0]! }, (_, row) => values[row * shape[1]! + unit]!);
};

describe('copies made by tiling', () => {
  test('stay equal to the last bit over 50 steps where neither noise nor dropout parts them', async () => {
    const start = grownBy(ffnShare, 0);
    const end = await trained(start, 50);
    for (const copy of [FEW, 2 * FEW, 3 * FEW]) {
      expect(incoming(end, copy)).toEqual(incoming(end, 0));
      expect(rowOf(outgoing(end), copy)).toEqual(rowOf(outgoing(end), 0));
    }
    // Equal because they moved alike, not because nothing moved.
    expect(incoming(end, 0)).not.toEqual(incoming(start, 0));
  });

  test('part over 50 steps from noise on', async () => {
    const end = await trained(grownBy(ffnShare, 0.1), 50);
    for (const copy of [FEW, 2 * FEW, 3 * FEW]) expect(incoming(end, copy)).not.toEqual(incoming(end, 0));
  });
});

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
