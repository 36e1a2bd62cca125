import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { openWasm } from '../../src/engine/wasm.ts';
import { registerCpuKernels } from './cpu-kernels.ts';

/** Both backends ready: tfjs's CPU backend is what ours is held against. */
export async function openBackends(): Promise<void> {
  await openWasm();
  registerCpuKernels();
  // Otherwise tfjs advises its native addon on the CPU backend's first use.
  tf.enableProdMode();
}

/** What `compute` gives on a backend, and that it leaves no tensor behind. */
export async function evaluate(backend: 'wasm' | 'cpu', compute: () => tf.Tensor[]): Promise<number[][]> {
  await tf.setBackend(backend);
  const before = tf.memory();
  const values = tf.tidy(() => compute().map((tensor) => [...tensor.dataSync()]));
  const after = tf.memory();
  expect([after.numTensors, after.numDataBuffers]).toEqual([before.numTensors, before.numDataBuffers]);
  await tf.setBackend('wasm');
  return values;
}

/** Fails unless every number is within `tolerance` of the one expected, relative above 1 and absolute below. */
export function expectClose(got: readonly number[], wanted: readonly number[], tolerance = 1e-5): void {
  expect(got.length).toBe(wanted.length);
  const worst = got.map((value, i) => Math.abs(value - wanted[i]!) / Math.max(1, Math.abs(wanted[i]!)));
  // NaN would pass a comparison with its largest element, so each one is looked at.
  const wrong = worst.findIndex((difference) => !(difference <= tolerance));
  expect(wrong === -1 ? 'all close' : `[${wrong}]: got ${got[wrong]}, wanted ${wanted[wrong]}`).toBe('all close');
}

/** Numbers that are the same on every run, uniform in (-scale, scale). */
export function numbers(count: number, seed: number, scale = 1): Float32Array {
  let x = seed | 1;
  return Float32Array.from({ length: count }, () => {
    x = (Math.imul(x, 1664525) + 1013904223) | 0;
    return (x / 2 ** 31) * scale;
  });
}

/** A float32 tensor of such numbers. */
export function tensorOf(shape: readonly number[], seed = 1, scale = 1): tf.Tensor {
  const count = shape.reduce((a, b) => a * b, 1);
  return tf.tensor(numbers(count, seed * 7919, scale), [...shape], 'float32');
}
