import { existsSync, readFileSync } from 'node:fs';
import { UserError } from '../errors.ts';
import type { CompileOptions, Engine } from './engine.ts';
import type { CudaDevice } from './install/driver.ts';

const PROCESSOR = '/proc/cpuinfo';

/** Whether a processor with these flags multiplies bfloat16 faster than float32: AVX-512's or AMX's instructions do. */
export const multipliesBfloat16 = (flags: string): boolean => /\b(avx512_bf16|amx_bf16)\b/.test(flags);

/**
 * Throws a UserError where `precision` is one that the engine would only emulate on this machine. `processor` is the
 * text that tells the processor's flags; for cards there is `checkCard`.
 */
export function checkPrecision(
  precision: CompileOptions['precision'],
  engine: Engine['name'],
  processor: () => string = readProcessor,
): void {
  if (precision === 'fp32' || engine === 'cuda') return;
  if (engine === 'wasm') {
    throw new UserError(
      'the WebAssembly engine has no bfloat16 arithmetic',
      'Train with precision: fp32, or on the native engine: growbench engine install.',
    );
  }
  if (!multipliesBfloat16(processor())) {
    throw new UserError(
      'this processor has no bfloat16 arithmetic (avx512_bf16, amx_bf16)',
      'Train with precision: fp32, or on another machine.',
    );
  }
}

/**
 * Throws a UserError where one of the cards has no bfloat16 arithmetic: compute capability 8.0 (Ampere) brought it.
 * Of cards that the driver does not tell anything about, nothing can be said.
 */
export function checkCard(precision: CompileOptions['precision'], cards: readonly CudaDevice[]): void {
  const old = cards.find(({ computeCapability }) => Number.parseFloat(computeCapability) < 8);
  if (precision === 'fp32' || old === undefined) return;
  throw new UserError(
    `${old.name} has no bfloat16 arithmetic (compute capability ${old.computeCapability}, 8.0 is needed)`,
    'Train with precision: fp32, or on another card (CUDA_VISIBLE_DEVICES chooses).',
  );
}

const readProcessor = (): string => (existsSync(PROCESSOR) ? readFileSync(PROCESSOR, 'utf8') : '');
