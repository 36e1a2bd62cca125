import * as tf from '@tensorflow/tfjs-core';
import type { Engine, HostTensor } from '../engine.ts';

/** Sizes of a network small enough to be worked out by hand, and with none of them equal. */
const [BATCH, INPUTS, HIDDEN, OUTPUTS] = [5, 4, 3, 2];
const RATE = 0.1;
const STEPS = 3;

type Matrix = readonly (readonly number[])[];

/** Numbers between -1 and 1 that follow no pattern a wrong transpose would keep. */
const matrix = (rows: number, columns: number, shift: number): Matrix =>
  Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => Math.sin(3 * i + 7 * j + shift)));

const X = matrix(BATCH, INPUTS, 1);
const Y = matrix(BATCH, OUTPUTS, 2);
const START = { first: matrix(INPUTS, HIDDEN, 3), second: matrix(HIDDEN, OUTPUTS, 4) };

/**
 * Trains tanh(X·first)·second towards Y for three steps of gradient descent on the engine, and gives the largest
 * difference of a loss or weight from the same in double precision, with the gradients written out.
 */
export async function trainingError(engine: Engine): Promise<number> {
  const state = new Map(Object.entries(START).map(([name, values]) => [name, host(values)]));
  const feeds = { rate: { dtype: 'float32', shape: [] } } as const;
  const program = await engine.compile({ train: { feeds, step: trainingStep } }, state);
  try {
    const losses: number[] = [];
    for (let step = 0; step < STEPS; step++) {
      const outputs = await program.run('train', { rate: Float32Array.of(RATE) });
      losses.push(outputs.get('loss')?.[0] ?? Number.NaN);
    }
    const trained = await program.read();
    const weights = ['first', 'second'].flatMap((name) => [...(trained.get(name)?.values ?? [])]);
    const expected = expectedTraining();
    const differences = [...losses, ...weights].map((value, i) => Math.abs(value - expected[i]!));
    return differences.length === expected.length ? Math.max(...differences) : Number.NaN;
  } finally {
    program.dispose();
  }
}

function trainingStep(state: Readonly<Record<string, tf.Tensor>>, feeds: Readonly<Record<string, tf.Tensor>>) {
  const loss = (first: tf.Tensor, second: tf.Tensor) => {
    const error = tf.sub(tf.matMul(tf.tanh(tf.matMul(tensor(X), first)), second), tensor(Y));
    return tf.mul(tf.sum(tf.square(error)), 1 / BATCH);
  };
  const { value, grads } = tf.valueAndGrads(loss)([state.first!, state.second!]);
  const [first, second] = grads.map((gradient, i) =>
    tf.sub([state.first!, state.second!][i]!, tf.mul(gradient, feeds.rate!)),
  );
  return { state: { first: first!, second: second! }, outputs: { loss: value } };
}

/** The losses, then the weights in row-major order: what `trainingError` expects. */
function expectedTraining(): number[] {
  let { first, second }: { first: Matrix; second: Matrix } = START;
  const losses: number[] = [];
  for (let step = 0; step < STEPS; step++) {
    const hidden = map(multiply(X, first), Math.tanh);
    const error = zip(multiply(hidden, second), Y, (a, b) => a - b);
    losses.push(error.flat().reduce((sum, e) => sum + e * e, 0) / BATCH);
    const dOutput = map(error, (e) => (2 * e) / BATCH);
    const dHidden = zip(multiply(dOutput, transpose(second)), hidden, (d, h) => d * (1 - h * h));
    first = zip(first, multiply(transpose(X), dHidden), (w, d) => w - RATE * d);
    second = zip(second, multiply(transpose(hidden), dOutput), (w, d) => w - RATE * d);
  }
  return [...losses, ...first.flat(), ...second.flat()];
}

const transpose = (a: Matrix): Matrix => a[0]!.map((_, j) => a.map((row) => row[j]!));
const multiply = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => transpose(b).map((column) => row.reduce((sum, value, k) => sum + value * column[k]!, 0)));
const map = (a: Matrix, f: (value: number) => number): Matrix => a.map((row) => row.map((value) => f(value)));
const zip = (a: Matrix, b: Matrix, f: (x: number, y: number) => number): Matrix =>
  a.map((row, i) => row.map((value, j) => f(value, b[i]![j]!)));

const tensor = (values: Matrix): tf.Tensor => tf.tensor(values.flat(), [values.length, values[0]!.length], 'float32');
const host = (values: Matrix): HostTensor => ({
  shape: [values.length, values[0]!.length],
  values: Float32Array.from(values.flat()),
});
