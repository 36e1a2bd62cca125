import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { openEngine } from '../../src/engine/choose.ts';
import type { Engine, HostTensors, StepFunction } from '../../src/engine/engine.ts';
import { SOURCE_DIGEST } from '../../src/engine/simd/binary.ts';
import { openTestEngine } from './engines.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});

const host = (entries: Record<string, readonly number[]>): HostTensors =>
  new Map(
    Object.entries(entries).map(([name, values]) => [
      name,
      { shape: [values.length], values: Float32Array.from(values) },
    ]),
  );

/** sum += x; gives the old sum. */
const accumulate: StepFunction = {
  feeds: { x: { dtype: 'float32', shape: [2] } },
  step: ({ sum }, { x }) => ({ state: { sum: tf.add(sum!, x!) }, outputs: { before: sum! } }),
};
const one = { x: Float32Array.of(1, 10) };

describe('a program', () => {
  it('keeps its state from run to run, gives outputs, and reads as copies', async () => {
    const program = await engine.compile({ accumulate }, host({ sum: [0, 0], other: [7] }));
    await program.run('accumulate', one);
    const first = await program.read();
    expect(await program.run('accumulate', one)).toEqual(new Map([['before', Float32Array.of(1, 10)]]));
    expect(await program.read()).toEqual(host({ sum: [2, 20], other: [7] }));
    expect(first).toEqual(host({ sum: [1, 10], other: [7] }));
    program.dispose();
  });

  it('shares its state between steps', async () => {
    const half: StepFunction = { feeds: {}, step: ({ sum }) => ({ state: { sum: tf.mul(sum!, 0.5) }, outputs: {} }) };
    const program = await engine.compile({ accumulate, half }, host({ sum: [4, 8] }));
    await program.run('accumulate', one);
    await program.run('half', {});
    expect(await program.read()).toEqual(host({ sum: [2.5, 9] }));
    program.dispose();
  });

  it('may hand state on as it is, exchange it, and give one tensor twice', async () => {
    const swap: StepFunction = {
      feeds: {},
      step: ({ a, b }) => ({ state: { a: b!, b: a! }, outputs: { first: a!, second: a! } }),
    };
    const program = await engine.compile({ swap }, host({ a: [1], b: [2] }));
    const outputs = await program.run('swap', {});
    expect([...outputs.values()]).toEqual([Float32Array.of(1), Float32Array.of(1)]);
    expect(await program.read()).toEqual(host({ a: [2], b: [1] }));
    await program.run('swap', {});
    expect(await program.read()).toEqual(host({ a: [1], b: [2] }));
    program.dispose();
  });

  it('does not change when the arrays it was given do', async () => {
    const initial = host({ sum: [1, 2] });
    const program = await engine.compile({ accumulate }, initial);
    initial.get('sum')!.values.fill(99);
    expect(await program.read()).toEqual(host({ sum: [1, 2] }));
    program.dispose();
  });

  it('leaves no tensor behind, whether a step works or throws', async () => {
    const before = tf.memory();
    const failing: StepFunction = {
      feeds: {},
      step: ({ sum }) => {
        tf.mul(sum!, 2);
        throw new Error('no');
      },
    };
    const program = await engine.compile({ accumulate }, host({ sum: [0, 0] }));
    for (let i = 0; i < 3; i++) await program.run('accumulate', one);
    expect((await program.read()).get('sum')!.values).toEqual(Float32Array.of(3, 30));
    program.dispose();
    // The native engine runs a step's JavaScript when it compiles, WebAssembly at every call.
    const fail = async () => {
      const broken = await engine.compile({ failing }, host({ sum: [0, 0] }));
      await broken.run('failing', {}).finally(() => {
        broken.dispose();
      });
    };
    await expect(fail()).rejects.toThrow('no');
    expect([tf.memory().numTensors, tf.memory().numDataBuffers]).toEqual([before.numTensors, before.numDataBuffers]);
  });

  it('cannot be run once disposed of', async () => {
    const program = await engine.compile({ accumulate }, host({ sum: [0, 0] }));
    program.dispose();
    await expect(program.run('accumulate', one)).rejects.toThrow('"accumulate" was run after');
  });
});

describe('what does not fit is named', () => {
  it.each([
    ['accumulate: not fed: x', {}],
    ['accumulate: fed, but not declared: y', { ...one, y: one.x }],
    ['accumulate: feed "x" of shape [2] needs 2 numbers, got 3', { x: new Float32Array(3) }],
    ['accumulate: feed "x" must be float32, got Int32Array', { x: new Int32Array(2) }],
  ])('%s', async (message, feeds) => {
    const program = await engine.compile({ accumulate }, host({ sum: [0, 0] }));
    await expect(program.run('accumulate', feeds)).rejects.toThrow(message);
    program.dispose();
  });

  const returning = (state: () => Record<string, tf.Tensor>): StepFunction => ({
    feeds: {},
    step: () => ({ state: state(), outputs: {} }),
  });
  it.each([
    ['step returned state "total", which does not exist', () => ({ total: tf.zeros([2]) })],
    ['step turned state "sum" from float32 [2] into float32 [2, 1]', () => ({ sum: tf.zeros([2, 1]) })],
    ['step turned state "sum" from float32 [2] into int32 [2]', () => ({ sum: tf.zeros([2], 'int32') })],
  ])('%s', async (message, state) => {
    const fail = async () => {
      const program = await engine.compile({ step: returning(state) }, host({ sum: [5, 6] }));
      try {
        await program.run('step', {});
      } finally {
        expect(await program.read()).toEqual(host({ sum: [5, 6] }));
        program.dispose();
      }
    };
    await expect(fail()).rejects.toThrow(message);
  });

  it('state "w" of shape [3] needs 3 numbers, got 2', async () => {
    const state: HostTensors = new Map([['w', { shape: [3], values: new Float32Array(2) }]]);
    await expect(async () => engine.compile({}, state)).rejects.toThrow(
      'state "w" of shape [3] needs 3 numbers, got 2',
    );
  });
});

describe('the WebAssembly engine', () => {
  it('says what it is', async () => {
    const { engine: wasm, why } = await openEngine('wasm', { why: 'because' });
    expect(why).toBe('because');
    expect(wasm.device).toBe('cpu, WebAssembly SIMD, 1 thread');
    expect(wasm.versions).toMatchObject({ '@tensorflow/tfjs-core': tf.version_core, node: process.versions.node });
    expect([wasm.threads, wasm.repeatable]).toEqual([1, true]);
  });

  it('is made from the sources beside it', () => {
    const folder = new URL('../../src/engine/simd/', import.meta.url);
    const hash = createHash('sha256');
    for (const name of readdirSync(folder).sort()) {
      if (name.endsWith('.as')) hash.update(readFileSync(new URL(name, folder)));
    }
    expect(SOURCE_DIGEST).toBe(hash.digest('hex'));
  });
});
