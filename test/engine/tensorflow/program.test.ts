import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Engine, HostTensors, Program, StepFunction } from '../../../src/engine/engine.ts';
import { adamw } from '../../../src/engine/ops/adamw.ts';
import { openProgram } from '../../../src/engine/program.ts';
import type { Backend } from '../../../src/engine/tensorflow/backend.ts';
import { openWasm } from '../../../src/engine/wasm.ts';
import { SMALL, bertFeeds, bertState, bertStep } from '../../train/bert.ts';
import { describeInstalled, installedEngine } from './installed.ts';

const floats = (...values: number[]) => Float32Array.from(values);
const ints = (...values: number[]) => Int32Array.from(values);

describeInstalled('a step recorded on TensorFlow', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = installedEngine();
    await tf.setBackend('tensorflow');
  });

  async function losses(program: Program, steps: number, rate?: number): Promise<number[]> {
    const seen: number[] = [];
    for (let step = 0; step < steps; step++) {
      seen.push((await program.run('train', bertFeeds(step, rate))).get('loss')![0]!);
    }
    return seen;
  }

  test.each([0, 0.1])('trains like its ops one by one, with dropout %f', async (dropout) => {
    const train = bertStep(dropout);
    const recorded = await engine.compile({ train }, bertState());
    const single = openProgram({ train }, bertState());
    const [got, wanted] = [await losses(recorded, 20, 1e-4), await losses(single, 20, 1e-4)];
    expect(worst(got, wanted)).toBeLessThan(1e-5);
    expect(stateDifference(await recorded.read(), await single.read())).toBeLessThan(1e-6);
    // A step that did nothing would agree with itself.
    expect(stateDifference(await recorded.read(), bertState())).toBeGreaterThan(1e-3);
    recorded.dispose();
    single.dispose();
  });

  test.each([0, 0.1])('gives the loss curve of the WebAssembly engine, with dropout %f', async (dropout) => {
    const wasm = await openWasm();
    await tf.setBackend('wasm');
    const train = bertStep(dropout);
    const [one, other] = [await engine.compile({ train }, bertState()), await wasm.compile({ train }, bertState())];
    expect(tf.getBackend()).toBe('wasm');
    const [got, wanted] = [await losses(one, 50), await losses(other, 50)];
    expect(worst(got, wanted)).toBeLessThan(1e-3);
    expect(got[49]!).toBeLessThan(got[0]! - 0.1);
    one.dispose();
    other.dispose();
    await tf.setBackend('tensorflow');
  });

  test.each([
    ['max-pooled, with shared scores', { pool: { how: 'max', window: 2 }, scoreGroup: 2 }],
    ['concat-pooled, with factorized FFNs', { pool: { how: 'concat', window: 2 }, ffnRank: 3 }],
  ] as const)('trains a model made smaller like the WebAssembly engine: %s', async (_, reduced) => {
    const wasm = await openWasm();
    await tf.setBackend('wasm');
    const shape = { ...SMALL, ...reduced };
    const train = bertStep(0, shape);
    const [one, other] = [
      await engine.compile({ train }, bertState(1, shape)),
      await wasm.compile({ train }, bertState(1, shape)),
    ];
    const [got, wanted] = [await losses(one, 10, 1e-4), await losses(other, 10, 1e-4)];
    expect(worst(got, wanted)).toBeLessThan(1e-4);
    one.dispose();
    other.dispose();
    await tf.setBackend('tensorflow');
  });

  // A small step: XLA takes seconds to compile a whole model.
  test('compiled by XLA gives the same numbers but for the last bits', async () => {
    const train: StepFunction = {
      feeds: { x: { dtype: 'float32', shape: [1000] } },
      step: ({ w }, { x }) => {
        const wave = tf.mul(tf.tanh(tf.mul(w!, x!)), tf.exp(tf.neg(tf.square(w!))));
        return { state: { w: tf.add(w!, tf.mul(wave, 0.1)) }, outputs: { sum: tf.sum(wave) } };
      },
    };
    const state = (): HostTensors =>
      new Map([['w', { shape: [1000], values: Float32Array.from({ length: 1000 }, (_, i) => Math.sin(i)) }]]);
    const x = Float32Array.from({ length: 1000 }, (_, i) => Math.cos(3 * i));
    const trained = async (xla: 'on' | 'off') => {
      const program = await engine.compile({ train }, state(), { precision: 'fp32', xla });
      for (let step = 0; step < 5; step++) await program.run('train', { x });
      const after = await program.read();
      program.dispose();
      return after;
    };
    const [plain, compiled] = [await trained('off'), await trained('on')];
    expect(stateDifference(compiled, plain)).toBeLessThan(1e-5);
    // XLA has its own approximations of tanh and exp: equal bits would mean that it had no part in it.
    expect(stateDifference(compiled, plain)).toBeGreaterThan(0);
  });

  test('gives the same bits every time', async () => {
    const train = bertStep(0.1);
    const runs = await Promise.all(
      [1, 2].map(async () => {
        const program = await engine.compile({ train }, bertState());
        const curve = await losses(program, 10);
        const state = await program.read();
        program.dispose();
        return { curve, state };
      }),
    );
    expect(runs[0]!.curve).toEqual(runs[1]!.curve);
    expect(stateDifference(runs[0]!.state, runs[1]!.state)).toBe(0);
  });

  test('leaves no tensor, variable or folder behind', async () => {
    const { binding } = tf.backend() as unknown as Backend;
    const [tensors, models] = [tf.memory().numTensors, binding.getNumOfSavedModels()];
    for (let round = 0; round < 10; round++) {
      const program = await engine.compile({ train: bertStep(0.1) }, bertState());
      await program.run('train', bertFeeds(0));
      program.dispose();
      program.dispose();
    }
    expect(tf.memory().numTensors).toBe(tensors);
    expect(binding.getNumOfSavedModels()).toBe(models);
  });

  test('replaces state only after everything has read it', async () => {
    const swap: StepFunction = {
      feeds: {},
      step: ({ a, b }) => ({ state: { a: b!, b: a! }, outputs: { difference: tf.sub(a!, b!) } }),
    };
    const state: HostTensors = new Map([
      ['a', { shape: [2], values: floats(1, 2) }],
      ['b', { shape: [2], values: floats(5, 7) }],
    ]);
    const program = await engine.compile({ swap }, state);
    expect([...(await program.run('swap', {})).get('difference')!]).toEqual([-4, -5]);
    expect([...(await program.run('swap', {})).get('difference')!]).toEqual([4, 5]);
    const read = await program.read();
    expect([...read.get('a')!.values]).toEqual([1, 2]);
    program.dispose();
    await expect(program.run('swap', {})).rejects.toThrow('"swap" was run after its program had been disposed of');
  });

  test('updates a weight in place only after everything has read it', async () => {
    const constants = { beta1: 0.5, beta2: 0.5, epsilon: 1 };
    const update: StepFunction = {
      feeds: { rates: { dtype: 'float32', shape: [4] } },
      step: ({ weight, first, second }, { rates }) => {
        const after = adamw(
          { weight: weight!, first: first!, second: second! },
          tf.ones([2]),
          rates as tf.Tensor1D,
          constants,
        );
        const square = tf.square(tf.reshape(weight!, [2, 1]));
        return { state: { ...after }, outputs: { before: weight!, square, after: after.weight } };
      },
    };
    const held = (...values: number[]) => ({ shape: [2], values: floats(...values) });
    const state: HostTensors = new Map([
      ['weight', held(3, 5)],
      ['first', held(0, 0)],
      ['second', held(0, 0)],
    ]);
    // Clipped by 2, so m = 1 and v = 2, corrected 4; w goes to w (1 - 0.5) - 0.3 / (2 + 1).
    const rates = floats(2, 0.3, 0.5, 2);
    const program = await engine.compile({ update }, state);
    const outputs = await program.run('update', { rates });
    const read = await program.read();
    program.dispose();
    expect([...outputs.get('before')!]).toEqual([3, 5]);
    expect([...outputs.get('square')!]).toEqual([9, 25]);
    for (const weight of [outputs.get('after')!, read.get('weight')!.values]) {
      expect(weight[0]).toBeCloseTo(1.4, 6);
      expect(weight[1]).toBeCloseTo(2.4, 6);
    }
    expect([...read.get('first')!.values, ...read.get('second')!.values]).toEqual([1, 1, 2, 2]);
  });

  describe('refuses', () => {
    const table: HostTensors = new Map([['table', { shape: [3, 2], values: floats(1, 2, 3, 4, 5, 6) }]]);
    const look: StepFunction = {
      feeds: { ids: { dtype: 'int32', shape: [2] }, scale: { dtype: 'float32', shape: [] } },
      step: (state, { ids, scale }) => ({
        outputs: { rows: tf.mul(tf.gather(state.table!, tf.reshape(ids!, [2, 1])), scale!) },
      }),
    };
    let program: Program;
    beforeAll(async () => {
      program = await engine.compile({ look }, table);
    });

    test('nothing that is right', async () => {
      const rows = (await program.run('look', { ids: ints(2, 0), scale: floats(2) })).get('rows')!;
      expect([...rows]).toEqual([10, 12, 2, 4]);
    });

    test.each([
      ['a feed left out', { ids: ints(0, 0) }, 'look: not fed: scale'],
      ['a feed too many', { ids: ints(0, 0), scale: floats(1), rate: floats(1) }, 'not declared: rate'],
      ['a wrong type', { ids: floats(0, 0), scale: floats(1) }, 'feed "ids" must be int32, got Float32Array'],
      ['a wrong size', { ids: ints(0), scale: floats(1) }, 'feed "ids" of shape [2] needs 2 numbers, got 1'],
      ['a row past the end', { ids: ints(0, 3), scale: floats(1) }, '"ids" must hold indices from 0 to 2, got 3 at 1'],
      ['a row before the first', { ids: ints(-1, 0), scale: floats(1) }, 'from 0 to 2, got -1 at 0'],
    ])('%s', async (_, feeds, message) => {
      await expect(program.run('look', feeds)).rejects.toThrow(message);
      expect([...(await program.read()).get('table')!.values]).toEqual([1, 2, 3, 4, 5, 6]);
    });

    const compile = (step: StepFunction['step']) =>
      engine.compile({ look: { feeds: { x: { dtype: 'float32', shape: [2] } }, step } }, table);

    test('numbers read while recording, naming the op', async () => {
      const peek: StepFunction['step'] = (_, { x }) => ({ outputs: { y: tf.mul(x!, tf.square(x!).dataSync()[0]!) } });
      await expect(compile(peek)).rejects.toThrow(/cannot be read while it is recorded; those of run_look\/Square_\d/);
      const works = await compile((_, { x }) => ({ outputs: { y: tf.square(x!) } }));
      works.dispose();
    });

    test('a tensor from outside of the step', async () => {
      const outside = tf.square(tf.tensor1d([1, 2]));
      await expect(compile((_, { x }) => ({ outputs: { y: tf.mul(x!, outside) } }))).rejects.toThrow(
        'made outside of it',
      );
      outside.dispose();
    });

    test('state that does not exist, or that changes its form', async () => {
      await expect(compile((_, { x }) => ({ state: { tabel: x! }, outputs: { x: x! } }))).rejects.toThrow('"tabel"');
      await expect(compile((_, { x }) => ({ state: { table: x! }, outputs: { x: x! } }))).rejects.toThrow(
        'turned state "table" from float32 [3, 2] into float32 [2]',
      );
    });
  });
});

function worst(got: readonly number[], wanted: readonly number[]): number {
  expect(got.length).toBe(wanted.length);
  return Math.max(...got.map((value, i) => Math.abs(value - wanted[i]!)));
}

function stateDifference(got: HostTensors, wanted: HostTensors): number {
  expect([...got.keys()]).toEqual([...wanted.keys()]);
  return Math.max(...[...got].map(([name, { values }]) => worst([...values], [...wanted.get(name)!.values])));
}
