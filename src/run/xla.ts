import type { EngineSetting } from './spec.ts';

/**
 * Steps that a program must run for `auto` to have XLA compile it on a card: a guess on the safe side, since nothing
 * has been measured on one. At half a minute of compiling it pays from 3 ms a step on.
 */
const LEAST_STEPS_ON_CARD = 10_000;

/**
 * Whether XLA compiles a program whose training step is planned to run `steps` times. `auto` follows from that and the
 * kind of device alone, so that the same settings are always compiled alike: XLA changes the last bits. On a CPU it
 * means no. Measured on two AMD EPYC cores against our own kernels in single precision, in ms a step with XLA and
 * without: 69 and 52 on one thread, 33 and 36 on two (2 layers, hidden 128); 283 and 285, 293 and 301 (4 layers, hidden
 * 256). It takes a quarter more memory, and 4 to 20 s of compiling at every load, which the best of these earns back
 * after more than a thousand steps.
 */
export function usesXla({ name, xla }: EngineSetting, steps: number): 'on' | 'off' {
  if (xla !== 'auto') return xla;
  return name === 'cuda' && steps >= LEAST_STEPS_ON_CARD ? 'on' : 'off';
}
