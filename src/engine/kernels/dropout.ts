import type { HeapKernel } from './kernel.ts';
import { sizeOf } from './kernel.ts';

/** Constants of a Weyl sequence and of Chris Wellons' hash "lowbias32". */
const GOLDEN = 0x9e3779b1;

/** Spreads every bit of a 32-bit integer over all bits. */
function mix(value: number): number {
  let x = value ^ (value >>> 16);
  x = Math.imul(x, 0x7feb352d);
  x ^= x >>> 15;
  x = Math.imul(x, 0x846ca68b);
  return x ^ (x >>> 16);
}

/** One integer for the masks of a step at a site: mixed once for each, so that neighbours share nothing. */
const maskKey = (seed: number, step: number, site: number): number =>
  mix(mix(mix(Math.imul(seed, GOLDEN)) + step) + Math.imul(site, GOLDEN));

/** Mixed bits, read as int32, below this are dropped. */
const threshold = (rate: number): number => Math.round(rate * 2 ** 32 - 2 ** 31);

interface MaskAttributes {
  readonly shape: readonly number[];
  readonly site: number;
  readonly rate: number;
}

/** The mask on the WebAssembly heap. */
export const heapDropoutMask: HeapKernel = ({ inputs, attrs }, heap) => {
  const { shape, site, rate } = attrs as unknown as MaskAttributes;
  const [seed = 0, step = 0] = heap.ints(inputs.seed!);
  const out = heap.make(shape);
  const key = maskKey(seed, step, site);
  heap.simd.dropoutMask(heap.address(out), sizeOf(shape), key, threshold(rate), 1 / (1 - rate));
  return out;
};
