import { TYPE } from './backend.ts';
import type { Node } from './graph.ts';
import { typeAttribute } from './nodes.ts';

/** What the AdamW kernel says of a call while it is recorded; T is how it calls tensors. */
export interface AdamCall<T> {
  /** Weight, first and second moment: as they were, and as the recorded ops make them. */
  readonly before: readonly [T, T, T];
  readonly after: readonly [T, T, T];
  /** How to do the same in place. */
  readonly update: FusedUpdate<T> | TensorFlowUpdate<T>;
}

/** By the kernel compiled into the addon. */
export interface FusedUpdate<T> {
  readonly kind: 'fused';
  /** Not yet clipped. */
  readonly gradient: T;
  /** As in ops/adamw.ts. */
  readonly rates: T;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** By TensorFlow's form of Adam, which adds epsilon before the correction of the second moment. */
export interface TensorFlowUpdate<T> {
  readonly kind: 'tensorflow';
  /** Clipped. */
  readonly gradient: T;
  /** Scalars. */
  readonly rate: T;
  readonly decay: T;
  readonly epsilon: T;
  readonly beta1: T;
  readonly beta2: T;
  readonly zero: T;
}

/** The same call with its tensors called otherwise. */
export function mapAdam<From, To>({ before, after, update }: AdamCall<From>, to: (tensor: From) => To): AdamCall<To> {
  const three = ([weight, first, second]: AdamCall<From>['before']) => [to(weight), to(first), to(second)] as const;
  return { before: three(before), after: three(after), update: mapUpdate(update, to) };
}

function mapUpdate<From, To>(update: AdamCall<From>['update'], to: (tensor: From) => To): AdamCall<To>['update'] {
  const gradient = to(update.gradient);
  switch (update.kind) {
    case 'fused':
      return { ...update, gradient, rates: to(update.rates) };
    case 'tensorflow': {
      const { kind, rate, decay, epsilon, beta1, beta2, zero } = update;
      const scalars = { rate: to(rate), decay: to(decay), epsilon: to(epsilon), zero: to(zero) };
      return { kind, gradient, ...scalars, beta1: to(beta1), beta2: to(beta2) };
    }
  }
}

/** A state entry's variable, and how a function's graph calls its value. */
export interface Held {
  readonly variable: string;
  readonly read: string;
}

type HeldThree = readonly [Held, Held, Held];

const FLOAT = typeAttribute(TYPE.float32);

/**
 * The nodes that update a weight and its moments where they lie, without new tensors. The last node is the last to run.
 * `prefix` makes their names unique; `readers` are the nodes that still need the old numbers.
 */
export function adamNodes(
  prefix: string,
  { update }: AdamCall<string>,
  held: HeldThree,
  readers: readonly string[],
): Node[] {
  const name = `${prefix}/${held[0].variable}`;
  switch (update.kind) {
    case 'fused':
      return [fusedNode(name, update, held, readers)];
    case 'tensorflow':
      return tensorFlowNodes(name, update, held);
  }
}

/** One pass over memory. It writes to what the reads give, which is the variables' own memory. */
function fusedNode(name: string, update: FusedUpdate<string>, held: HeldThree, readers: readonly string[]): Node {
  const constant = (value: number) => ({ kind: 'float', value }) as const;
  return {
    name: `${name}/adam`,
    op: 'GrowbenchAdamW',
    inputs: [...held.map(({ read }) => read), update.gradient, update.rates, ...readers.map((node) => `^${node}`)],
    attributes: {
      beta1: constant(update.beta1),
      beta2: constant(update.beta2),
      epsilon: constant(update.epsilon),
    },
  };
}

/** Three passes instead of fourteen. TensorFlow copies a variable first where something still reads the old numbers. */
function tensorFlowNodes(name: string, update: TensorFlowUpdate<string>, held: HeldThree): Node[] {
  const [weight, first, second] = held;
  const inputs = [weight.variable, first.variable, second.variable, update.zero, update.zero, update.rate];
  return [
    { name: `${name}/decay`, op: 'Mul', inputs: [weight.read, update.decay], attributes: { T: FLOAT } },
    {
      name: `${name}/decayed`,
      op: 'AssignSubVariableOp',
      inputs: [weight.variable, `${name}/decay`],
      attributes: { dtype: FLOAT },
    },
    {
      name: `${name}/adam`,
      op: 'ResourceApplyAdam',
      inputs: [
        ...[...inputs, update.beta1, update.beta2, update.epsilon, update.gradient],
        ...[`^${name}/decayed`, ...held.map(({ read }) => `^${read}`)],
      ],
      attributes: {
        T: FLOAT,
        use_locking: { kind: 'bool', value: false },
        use_nesterov: { kind: 'bool', value: false },
      },
    },
  ];
}
