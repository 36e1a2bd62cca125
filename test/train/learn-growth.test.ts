import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { openWasm } from '../../src/engine/wasm.ts';
import { stageFlops } from '../../src/growth/flops.ts';
import { growthAfter, type Stage } from '../../src/growth/schedule.ts';
import { planStages, totalFlops } from '../../src/run/plan.ts';
import { FITTING, type CellEvent } from '../../src/run/record.ts';
import { maskedTokens, targetShape, type Settings } from '../../src/run/spec.ts';
import { freshParameter, initialState } from '../../src/train/init.ts';
import { learnGrowth } from '../../src/train/learn-growth.ts';
import { pretrain } from './whole-cell.ts';
import { describeInstalled, installedEngine } from '../engine/tensorflow/installed.ts';
import { repetitiveCorpus, tinyCell, tinySettings } from './tiny.ts';

const FIT = { steps: 8, rate: 0.03 };
const depth = { operator: 'ligo-depth', settings: { layers: 2, ...FIT } };
const width = { operator: 'ligo-width', settings: { hidden: 8, ...FIT, rate: 0.01 } };
const length = { operator: 'mean-pool', settings: { window: 2 } };

function settingsOf(small: Stage['reductions']): Settings {
  const tiny = tinySettings();
  return {
    ...tiny,
    model: { ...tiny.model, layers: 4 },
    train: { ...tiny.train, steps: 12 },
    growth: { optimizer: 'carry', rate: 'continue' },
    schedule: [
      { share: 0.5, reductions: small },
      { share: 0.5, reductions: {} },
    ],
  };
}

function runOn(engine: Engine, settings: Settings, signal = new AbortController().signal) {
  const cell = tinyCell(settings);
  return { engine, cell, corpus: repetitiveCorpus, onEvent: () => undefined, signal };
}

/** The growth of a model that is new: no training is needed to see what fitting does to it. */
async function learnOn(
  engine: Engine,
  small: Stage['reductions'],
  signal?: AbortSignal,
  onEvent: (event: CellEvent) => void = () => undefined,
) {
  const settings = settingsOf(small);
  const [before, to] = planStages(settings);
  const recipe = growthAfter(targetShape(settings), settings.schedule, 0);
  const state = initialState(before!.shape, settings.model.init, 1);
  const fresh = freshParameter(settings.model.init, 1);
  const learning = { recipe, state, fresh, from: before!.shape, to: to!, fit: to!.fit! };
  return learnGrowth({ ...runOn(engine, settings, signal), onEvent }, learning);
}

describe('a learned growth', () => {
  test.each<[string, Stage['reductions']]>([
    ['layers', { depth }],
    ['units', { width }],
    ['layers and units, the sequence growing too', { depth, width, length }],
  ])('of %s has a lower loss than unfitted, and is counted apart from the steps', async (_, small) => {
    const settings = settingsOf(small);
    const { growths, flops, steps, stages } = await pretrain(runOn(await openWasm(), settings));
    const { fit, after } = growths[0]!;
    expect(after).toBeLessThan(fit!.unfitted - 0.01);
    expect(fit!.seconds).toBeGreaterThan(0);
    expect(steps).toBe(settings.train.steps);
    expect(stages.map((stage) => stage.steps)).toEqual([6, 6]);
    const planned = planStages(settings);
    expect([fit!.flops, flops]).toEqual([planned[1]!.fit!.flops, totalFlops(planned)]);
    const { shape } = planned[1]!;
    const masked = maskedTokens(shape.length, settings.data.mask);
    const training = stageFlops(shape, masked, settings.train.batch, FIT.steps);
    expect(fit!.flops / training).toBeGreaterThanOrEqual(1);
    expect(fit!.flops / training).toBeLessThan(1.2);
  });

  test('tells how far its fitting is, up to its end, and not more than fifty times', async () => {
    const told: CellEvent[] = [];
    const small = { depth: { ...depth, settings: { ...depth.settings, steps: 53 } } };
    await learnOn(await openWasm(), small, undefined, (event) => void told.push(event));
    const fits = told.flatMap((event) => (event.type === 'prepare' && event.what === FITTING ? [event.done] : []));
    expect(fits).toEqual([...Array.from({ length: 26 }, (_, index) => 2 * (index + 1)), 53]);
  });

  test('of layers without any fitting is stacking', async () => {
    const engine = await openWasm();
    const numbers = async (operator: string, fit: object) => {
      const reduction = { operator, settings: { layers: 2, ...fit } };
      const { state, growths, flops, loss } = await pretrain(runOn(engine, settingsOf({ depth: reduction })));
      return { state, growths, flops, loss };
    };
    expect(await numbers('ligo-depth', { steps: 0, rate: 1 })).toEqual(await numbers('stack', {}));
  });

  test('of units without any fitting leaves the loss where it was', async () => {
    const unfitted = { operator: 'ligo-width', settings: { hidden: 8, steps: 0, rate: 1 } };
    const { growths } = await pretrain(runOn(await openWasm(), settingsOf({ width: unfitted })));
    expect(growths[0]!.after).toBeCloseTo(growths[0]!.before, 4);
    expect(growths[0]).not.toHaveProperty('fit');
  });

  test.each([
    [0, 1],
    [0.05, 0],
  ])('of FFN units, with noise of %d, leaves %d copy of unit 0', async (noise, copies) => {
    const noisy = { ...width, settings: { ...width.settings, noise } };
    const { parameters } = await learnOn(await openWasm(), { width: noisy });
    const { shape, values } = parameters.get('layer_0/ffn_input/kernel')!;
    const [rows, units] = shape as [number, number];
    const column = (unit: number) => Array.from({ length: rows }, (_, row) => values[row * units + unit]);
    const others = Array.from({ length: units - 1 }, (_, index) => column(index + 1));
    expect(others.filter((other) => other.join() === column(0).join())).toHaveLength(copies);
  });

  test('gives the same numbers again, and leaves no tensors behind', async () => {
    const engine = await openWasm();
    const { parameters } = await learnOn(engine, { depth, width });
    const before = tf.memory().numTensors;
    expect((await learnOn(engine, { depth, width })).parameters).toEqual(parameters);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('stops when it is told to', async () => {
    const stop = AbortSignal.abort(new Error('enough'));
    await expect(learnOn(await openWasm(), { depth }, stop)).rejects.toThrow('enough');
  });
});

describeInstalled('a learned growth on TensorFlow', () => {
  test('is that of the WebAssembly engine', async () => {
    const small = { depth, width };
    const [one, other] = [await learnOn(await openWasm(), small), await learnOn(installedEngine(), small)];
    expect(other.record.unfitted).toBeCloseTo(one.record.unfitted, 4);
    const furthest = [...one.parameters].map(([name, { values }]) => {
      const got = other.parameters.get(name)!.values;
      return Math.max(...values.map((value, index) => Math.abs(value - got[index]!)));
    });
    expect(Math.max(...furthest)).toBeLessThan(2e-3);
  });
});
