import { DROPOUT_MASK } from '../../kernels/names.ts';
import { TYPE } from '../backend.ts';
import type { Ops, Raw, RawKernel } from './raw.ts';

const GOLDEN = 0x9e3779b1;

const INT32 = { type: TYPE.int32 };
const UINT32 = { type: TYPE.uint32 };

/** Integer arithmetic modulo 2^32, as Math.imul and >>> do it. Unsigned, so that a shift to the right brings in zeros. */
function unsigned(ops: Ops) {
  const constant = (value: number) => ops.ops('Bitcast', [ops.int(value | 0)], 1, { T: INT32, type: UINT32 })[0]!;
  const mul = (x: Raw, y: Raw) => ops.op('Mul', [x, y]);
  const xor = (x: Raw, y: Raw) => ops.op('BitwiseXor', [x, y]);
  const shiftXor = (x: Raw, bits: number) => xor(x, ops.op('RightShift', [x, constant(bits)]));
  /** The hash of kernels/dropout.ts. */
  const mix = (x: Raw) => {
    const once = mul(shiftXor(x, 16), constant(0x7feb352d));
    return shiftXor(mul(shiftXor(once, 15), constant(0x846ca68b)), 16);
  };
  return { constant, mul, xor, add: (x: Raw, y: Raw) => ops.op('AddV2', [x, y]), mix };
}

/** The mask of kernels/dropout.ts, bit for bit: a hash of each element's index, in ops that XLA fuses into its use. */
const dropoutMask: RawKernel = ({ ops, inputs, attributes }) => {
  const { shape, site, rate } = attributes as { shape: readonly number[]; site: number; rate: number };
  const { constant, mul, xor, add, mix } = unsigned(ops);
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  const fed = ops.ops('Bitcast', [inputs.seed!], 1, { T: INT32, type: UINT32 })[0]!;
  const [seed, step] = ops.ops('Unpack', [fed], 2, { T: UINT32, num: 2, axis: 0 }) as [Raw, Raw];
  const key = mix(add(mix(add(mix(mul(seed, constant(GOLDEN))), step)), constant(Math.imul(site, GOLDEN))));
  const indices = ops.ops('Range', [ops.int(0), ops.int(size), ops.int(1)], 1, { Tidx: INT32 })[0]!;
  const numbered = ops.ops('Bitcast', [indices], 1, { T: INT32, type: UINT32 })[0]!;
  const hash = mix(xor(mul(numbered, constant(GOLDEN)), key));
  const bits = ops.ops('Bitcast', [hash], 1, { T: UINT32, type: INT32 })[0]!;
  const kept = ops.op('GreaterEqual', [bits, ops.int(Math.round(rate * 2 ** 32 - 2 ** 31))]);
  const mask = ops.ops('Cast', [kept], 1, { SrcT: { type: TYPE.bool }, DstT: { type: TYPE.float32 } })[0]!;
  const scaled = ops.op('Mul', [mask, ops.float(1 / (1 - rate))]);
  return ops.op('Reshape', [scaled, ops.ints(shape)], { Tshape: INT32 });
};

export const DROPOUT_KERNELS: Readonly<Record<string, RawKernel>> = { [DROPOUT_MASK]: dropoutMask };
