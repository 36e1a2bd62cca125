import { TYPE } from './backend.ts';
import type { Node } from './graph.ts';
import { typeAttribute } from './nodes.ts';

/** What the AdamW kernel says of a call while it is recorded; T is how it calls tensors. */
export interface AdamCall<T> {
  /** Weight, first and second moment: as they were, and as the recorded ops make them. */
  readonly before: readonly [T, T, T];
  readonly after: readonly [T, T, T];
  /** Clipped. */
  readonly gradient: T;
  /** Scalars for TensorFlow's form of Adam, which adds epsilon before the correction of the second moment. */
  readonly rate: T;
  readonly decay: T;
  readonly epsilon: T;
  readonly beta1: T;
  readonly beta2: T;
  readonly zero: T;
}

/** The same call with its tensors called otherwise. */
export function mapAdam<From, To>(call: AdamCall<From>, to: (tensor: From) => To): AdamCall<To> {
  const { gradient, rate, decay, epsilon, beta1, beta2, zero } = call;
  const three = ([weight, first, second]: AdamCall<From>['before']) => [to(weight), to(first), to(second)] as const;
  return {
    ...{ before: three(call.before), after: three(call.after), gradient: to(gradient), rate: to(rate) },
    ...{ decay: to(decay), epsilon: to(epsilon), beta1: to(beta1), beta2: to(beta2), zero: to(zero) },
  };
}

/** A state entry's variable, and how a function's graph calls its value. */
export interface Held {
  readonly variable: string;
  readonly read: string;
}

/**
 * The nodes that update a weight and its moments where they lie: three passes over memory instead of fourteen, and no
 * new tensors. TensorFlow copies a variable first where something still reads the old numbers. The last node is the
 * last to run. `prefix` makes their names unique.
 */
export function adamNodes(prefix: string, call: AdamCall<string>, held: readonly [Held, Held, Held]): Node[] {
  const [weight, first, second] = held;
  const float = typeAttribute(TYPE.float32);
  const name = `${prefix}/${weight.variable}`;
  const inputs = [weight.variable, first.variable, second.variable, call.zero, call.zero, call.rate];
  return [
    { name: `${name}/decay`, op: 'Mul', inputs: [weight.read, call.decay], attributes: { T: float } },
    {
      name: `${name}/decayed`,
      op: 'AssignSubVariableOp',
      inputs: [weight.variable, `${name}/decay`],
      attributes: { dtype: float },
    },
    {
      name: `${name}/adam`,
      op: 'ResourceApplyAdam',
      inputs: [
        ...[...inputs, call.beta1, call.beta2, call.epsilon, call.gradient],
        ...[`^${name}/decayed`, ...held.map(({ read }) => `^${read}`)],
      ],
      attributes: {
        T: float,
        use_locking: { kind: 'bool', value: false },
        use_nesterov: { kind: 'bool', value: false },
      },
    },
  ];
}
