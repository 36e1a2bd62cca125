import * as tf from '@tensorflow/tfjs-core';
import { DROPOUT_MASK } from '../../src/engine/kernels/names.ts';

interface CpuBackend {
  readSync(dataId: tf.DataId): Int32Array;
  makeTensorInfo(shape: number[], dtype: tf.DataType, values: Float32Array): tf.TensorInfo;
}

interface MaskAttributes {
  readonly shape: readonly number[];
  readonly site: number;
  readonly rate: number;
}

/** 2^32 over the golden ratio: the step of a Weyl sequence. */
const WEYL = 0x9e3779b1;

/** Chris Wellons' "lowbias32", in arithmetic of its own: whole numbers modulo 2^32. */
function lowbias32(value: bigint): bigint {
  const word = (number: bigint) => BigInt.asUintN(32, number);
  let x = word(value);
  x = word((x ^ (x >> 16n)) * 0x7feb352dn);
  x = word((x ^ (x >> 15n)) * 0x846ca68bn);
  return x ^ (x >> 16n);
}

/** The dropout mask that every engine must give, element by element. */
const dropoutMask: tf.KernelFunc = ({ inputs, backend, attrs }) => {
  const { shape, site, rate } = attrs as unknown as MaskAttributes;
  const cpu = backend as CpuBackend;
  const [seed = 0, step = 0] = cpu.readSync(inputs['seed']!.dataId);
  const weyl = (index: number) => BigInt(index) * BigInt(WEYL);
  const key = lowbias32(lowbias32(lowbias32(weyl(seed)) + BigInt(step)) + weyl(site));
  // Bits are compared as a signed integer.
  const limit = BigInt(Math.round(rate * 2 ** 32 - 2 ** 31));
  const values = Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, (_, index) =>
    BigInt.asIntN(32, lowbias32(weyl(index) ^ key)) >= limit ? 1 / (1 - rate) : 0,
  );
  return cpu.makeTensorInfo([...shape], 'float32', values);
};

/** Gives tfjs's CPU backend, on which our kernels are checked, the kernel that it lacks. */
export function registerCpuKernels(): void {
  const known = tf.getKernel(DROPOUT_MASK, 'cpu') as tf.KernelConfig | undefined;
  if (known === undefined) {
    tf.registerKernel({ kernelName: DROPOUT_MASK, backendName: 'cpu', kernelFunc: dropoutMask });
  }
}
