import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import type { CompileOptions, Engine } from '../../../src/engine/engine.ts';
import { checkPrecision, multipliesBfloat16 } from '../../../src/engine/precision.ts';
import { openWasm } from '../../../src/engine/wasm.ts';
import { bertFeeds, bertState, bertStep } from '../../train/bert.ts';
import { describeInstalled, installedEngine } from './installed.ts';

test.each([
  ['fpu sse4_2 avx512f avx512_bf16 sha_ni', true],
  ['amx_tile amx_bf16 amx_int8', true],
  ['fpu sse4_2 avx2 avx512f avx512bw', false],
])('a processor with the flags %s has bfloat16: %s', (flags, has) => {
  expect(multipliesBfloat16(flags)).toBe(has);
});

test('a processor without bfloat16 is refused it, and nothing else', () => {
  const old = () => 'fpu sse4_2 avx2';
  expect(() => {
    checkPrecision('bf16', 'tensorflow', old);
  }).toThrow('this processor has no bfloat16');
  expect(() => {
    checkPrecision('fp32', 'tensorflow', old);
    checkPrecision('bf16', 'tensorflow', () => 'avx512_bf16');
  }).not.toThrow();
});

test('WebAssembly refuses bfloat16 when it compiles', async () => {
  await expect(finalLoss(await openWasm(), 'bf16')).rejects.toThrow(UserError);
});

describeInstalled('bfloat16', () => {
  const capable = process.platform === 'linux' && multipliesBfloat16(readFileSync('/proc/cpuinfo', 'utf8'));

  test.runIf(capable)('ends within 0.5 % of the loss in single precision, and not at the same numbers', async () => {
    const wasm = await openWasm();
    const rounded = await finalLoss(installedEngine(), 'bf16');
    await tf.setBackend('wasm');
    const exact = await finalLoss(wasm, 'fp32');
    expect(Math.abs(rounded / exact - 1)).toBeLessThan(0.005);
    expect(Math.abs(rounded / exact - 1)).toBeGreaterThan(1e-6);
  });

  test.skipIf(capable)('is refused where the machine would emulate it', async () => {
    await expect(finalLoss(installedEngine(), 'bf16')).rejects.toThrow(UserError);
  });
});

async function finalLoss(engine: Engine, precision: CompileOptions['precision']): Promise<number> {
  const options: CompileOptions = { precision, xla: 'off' };
  const program = await engine.compile({ train: bertStep(0.1) }, bertState(), options);
  let loss = Number.NaN;
  for (let step = 0; step < 50; step++) loss = (await program.run('train', bertFeeds(step))).get('loss')![0]!;
  program.dispose();
  return loss;
}
