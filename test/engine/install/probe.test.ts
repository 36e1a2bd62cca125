import { describe, expect, test } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { matmulRate } from '../../../src/engine/install/matmul-rate.ts';
import { ACCEPTED_ERROR, probe } from '../../../src/engine/install/probe.ts';
import { repeatability } from '../../../src/engine/install/repeatability.ts';
import { trainingError } from '../../../src/engine/install/training-check.ts';
import { openTestEngine, TEST_ENGINE } from '../engines.ts';

test('an engine that differentiates rightly trains to the numbers worked out in double precision', async () => {
  const error = await trainingError(await openTestEngine());
  expect(error).toBeGreaterThan(0);
  expect(error).toBeLessThan(ACCEPTED_ERROR);
});

test('an engine that takes steps a thousandth too long is found out', async () => {
  const plain = await openTestEngine();
  const hasty: Engine = {
    ...plain,
    compile: async (functions, state) => {
      const program = await plain.compile(functions, state);
      const longer = (values: Float32Array | Int32Array) => Float32Array.from(values, (value) => value * 1.001);
      const run: typeof program.run = (name, feeds) => program.run(name, { rate: longer(feeds.rate!) });
      return { ...program, run };
    },
  };
  expect(await trainingError(hasty)).toBeGreaterThan(ACCEPTED_ERROR);
});

test('the rate of matrix products is that of the wall clock', async () => {
  const plain = await openTestEngine();
  const size = 64;
  let calls = 0;
  const slow: Engine = {
    ...plain,
    compile: async (functions, state) => {
      const program = await plain.compile(functions, state);
      const run: typeof program.run = async (name, feeds) => {
        calls++;
        const outputs = await program.run(name, feeds);
        await new Promise((resolve) => setTimeout(resolve, 50));
        return outputs;
      };
      return { ...program, run };
    },
  };
  // Four products of 2·64³ operations each, in 50 ms or a little more.
  const fastest = (4 * 2 * size ** 3) / 0.05 / 1e9;
  const rate = await matmulRate(slow, size);
  expect(rate).toBeLessThanOrEqual(fastest * 1.02);
  expect(rate).toBeGreaterThan(fastest / 4);
  expect(calls).toBeGreaterThan(3);
});

describe('whether an engine repeats itself', () => {
  /** Mode by mode, on an engine whose state is changed by `drift` after every compilation but the first. */
  const repeats = async (drift: number) => {
    const plain = await openTestEngine();
    let compilations = 0;
    const drifting: Engine = {
      ...plain,
      compile: (functions, state, options) => {
        if (options?.xla === 'on' || options?.precision === 'bf16') throw new UserError('not here', '');
        const own = drift * compilations++;
        const changed = [...state].map(
          ([name, { shape, values }]) => [name, { shape, values: values.map((value) => value + own) }] as const,
        );
        return plain.compile(functions, new Map(changed), options);
      },
    };
    return repeatability(drifting);
  };

  test('is found by its bits, for the modes that it has', async () => {
    expect(await repeats(0)).toEqual({ fp32: true });
    expect(await repeats(1e-6)).toEqual({ fp32: false });
  });
});

test('an engine that is only opened is not measured', async () => {
  const { measured, engine } = await probe({ engine: await openTestEngine() }, false);
  expect({ measured, engine }).toEqual({ measured: null, engine: TEST_ENGINE });
});
