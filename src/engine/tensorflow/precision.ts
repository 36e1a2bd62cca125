import { existsSync, readFileSync } from 'node:fs';
import { UserError } from '../../errors.ts';
import type { TensorFlowOptions } from './options.ts';

const PROCESSOR = '/proc/cpuinfo';

/** Whether a processor with these flags multiplies bfloat16 faster than float32: AVX-512's or AMX's instructions do. */
export const multipliesBfloat16 = (flags: string): boolean => /\b(avx512_bf16|amx_bf16)\b/.test(flags);

/** Throws a UserError where `precision` is one that this machine would only emulate. GPUs that TensorFlow takes have it. */
export function checkPrecision(precision: TensorFlowOptions['precision'], gpu: boolean): void {
  if (precision === 'fp32' || gpu) return;
  if (existsSync(PROCESSOR) && multipliesBfloat16(readFileSync(PROCESSOR, 'utf8'))) return;
  throw new UserError('This machine has no bfloat16 arithmetic.', 'Train with precision fp32, or on another machine.');
}
