import * as tf from '@tensorflow/tfjs-core';
import { UserError } from '../../errors.ts';
import type { CompileOptions, Engine, HostTensors, Step } from '../engine.ts';

/** Large enough that work is shared between threads, and that rows are looked up more than once. */
const [ROWS, WIDTH, HIDDEN, LOOKED_UP] = [50, 128, 256, 512];
const STEPS = 5;
const RATE = 0.05;

const MODES: Readonly<Record<string, CompileOptions>> = {
  fp32: { precision: 'fp32', xla: 'off' },
  'fp32, XLA': { precision: 'fp32', xla: 'on' },
  bf16: { precision: 'bf16', xla: 'off' },
};

/**
 * Whether a small training gives the same bits when it is run again, by mode: single precision, the same with XLA, and
 * bfloat16. Modes that the engine lacks are left out; the embedded engine has only the first.
 */
export async function repeatability(engine: Engine): Promise<Readonly<Record<string, boolean>>> {
  const modes = Object.entries(MODES).filter(([, { xla }]) => engine.name !== 'wasm' || xla === 'off');
  const found: Record<string, boolean> = {};
  for (const [name, mode] of modes) {
    const first = await trained(engine, mode);
    if (first !== null) found[name] = first.equals((await trained(engine, mode))!);
  }
  return found;
}

/** The bytes of all weights after a few steps; null where the engine refuses the mode. */
async function trained(engine: Engine, mode: CompileOptions): Promise<Buffer | null> {
  const feeds = { ids: { dtype: 'int32', shape: [LOOKED_UP] } } as const;
  try {
    const program = await engine.compile({ train: { feeds, step } }, start(), mode);
    try {
      for (let number = 0; number < STEPS; number++) await program.run('train', { ids: idsOf(number) });
      const state = await program.read();
      return Buffer.concat([...state.values()].map(({ values }) => Buffer.from(values.slice().buffer)));
    } finally {
      program.dispose();
    }
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

/** Rows of a table through a hidden layer towards themselves, by gradient descent. */
const step: Step = ({ table, first, second }, { ids }) => {
  const weights = [table!, first!, second!];
  const loss = (rows: tf.Tensor, one: tf.Tensor, other: tf.Tensor): tf.Scalar => {
    const x = tf.gather(rows, ids as tf.Tensor1D);
    const error = tf.sub(tf.matMul(tf.tanh(tf.matMul(x, one)), other), x);
    return tf.mul(tf.sum(tf.square(error)), 1 / LOOKED_UP);
  };
  const { value, grads } = tf.valueAndGrads((...tensors) => loss(tensors[0]!, tensors[1]!, tensors[2]!))(weights);
  const [rows, one, other] = weights.map((weight, i) => tf.sub(weight, tf.mul(grads[i]!, RATE)));
  return { state: { table: rows!, first: one!, second: other! }, outputs: { loss: value } };
};

const start = (): HostTensors =>
  new Map(
    Object.entries({ table: [ROWS, WIDTH], first: [WIDTH, HIDDEN], second: [HIDDEN, WIDTH] }).map(([name, shape]) => {
      const values = Float32Array.from({ length: shape[0]! * shape[1]! }, (_, i) => 0.3 * Math.sin(i * i + shape[0]!));
      return [name, { shape, values }];
    }),
  );

const idsOf = (number: number): Int32Array => Int32Array.from({ length: LOOKED_UP }, (_, i) => (i * i + number) % ROWS);
