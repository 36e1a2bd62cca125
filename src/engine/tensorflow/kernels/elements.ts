import { ADAMW, GELU, GELU_GRAD, SQUARE_SUM } from '../../kernels/names.ts';
import type { AdamCall } from '../adam.ts';
import { TYPE } from '../backend.ts';
import type { Ops, Raw, RawKernel } from './raw.ts';

/** Φ(x), the share of a standard normal distribution that lies below x. */
function normalBelow(ops: Ops, x: Raw): Raw {
  const erf = ops.op('Erf', [ops.op('Mul', [x, ops.float(Math.SQRT1_2)])]);
  return ops.op('Mul', [ops.op('AddV2', [erf, ops.float(1)]), ops.float(0.5)]);
}

const gelu: RawKernel = ({ ops, inputs }) => ops.op('Mul', [inputs.x!, normalBelow(ops, inputs.x!)]);

/** dy (Φ(x) + x φ(x)) */
const geluGrad: RawKernel = ({ ops, inputs }) => {
  const x = inputs.x!;
  const exponent = ops.op('Mul', [ops.op('Square', [x]), ops.float(-0.5)]);
  const density = ops.op('Mul', [ops.op('Exp', [exponent]), ops.float(1 / Math.sqrt(2 * Math.PI))]);
  const slope = ops.op('AddV2', [normalBelow(ops, x), ops.op('Mul', [x, density])]);
  return ops.op('Mul', [inputs.dy!, slope]);
};

/**
 * The update of ops/adamw.ts, in the order of its formula. While it is recorded, it says how to do the same in place:
 * by the kernel that is compiled into the addon (`fused`), or by TensorFlow's.
 */
export const adamw =
  (fused: boolean): RawKernel =>
  ({ ops, inputs, attributes }) => {
    const { beta1, beta2, epsilon } = attributes as { beta1: number; beta2: number; epsilon: number };
    const { weight, first, second, gradient, rates } = inputs as Record<string, Raw> & Record<'weight', Raw>;
    const mul = (a: Raw, b: Raw) => ops.op('Mul', [a, b]);
    const add = (a: Raw, b: Raw) => ops.op('AddV2', [a, b]);
    const [clip, rate, decay, correction] = ops.ops('Unpack', [rates!], 4, {
      ...{ T: { type: TYPE.float32 }, num: 4, axis: 0 },
    }) as [Raw, Raw, Raw, Raw];
    const clipped = mul(gradient!, clip);
    const nextFirst = add(mul(first!, ops.float(beta1)), mul(clipped, ops.float(1 - beta1)));
    const nextSecond = add(mul(second!, ops.float(beta2)), mul(ops.op('Square', [clipped]), ops.float(1 - beta2)));
    const scale = add(ops.op('Sqrt', [mul(nextSecond, correction)]), ops.float(epsilon));
    const move = mul(ops.op('RealDiv', [nextFirst, scale]), rate);
    const kept = ops.op('Sub', [weight, mul(weight, decay)]);
    const after = [ops.op('Sub', [kept, move]), nextFirst, nextSecond] as const;
    const inTensorFlow = (): AdamCall<Raw>['update'] => {
      // rate m / (sqrt(v c) + e) is (rate / sqrt(c)) m / (sqrt(v) + e / sqrt(c)).
      const inverse = ops.op('Rsqrt', [correction]);
      return {
        ...{ kind: 'tensorflow', gradient: clipped, decay, zero: ops.float(0) },
        ...{ rate: mul(rate, inverse), epsilon: mul(inverse, ops.float(epsilon)) },
        ...{ beta1: ops.float(beta1), beta2: ops.float(beta2) },
      };
    };
    if (ops.noteAdam !== null) {
      const inKernel = { kind: 'fused', gradient: gradient!, rates: rates!, beta1, beta2, epsilon } as const;
      ops.noteAdam({ before: [weight, first!, second!], after, update: fused ? inKernel : inTensorFlow() });
    }
    return after;
  };

/** TensorFlow's L2Loss is half of it, in one pass. */
const squareSum: RawKernel = ({ ops, inputs }) => ops.op('Mul', [ops.op('L2Loss', [inputs.x!]), ops.float(2)]);

/** Kernels that work on single elements, and their sum of squares. */
export const ELEMENT_KERNELS: Readonly<Record<string, RawKernel>> = {
  [GELU]: gelu,
  [GELU_GRAD]: geluGrad,
  [ADAMW]: adamw(false),
  [SQUARE_SUM]: squareSum,
};
