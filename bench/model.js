// What the benches share: the engine's own training step, as pre-training uses it, on random tokens.
import * as tf from '@tensorflow/tfjs-core';
import { nativeBuilds } from '../dist/engine/candidates.js';
import { openTensorFlow } from '../dist/engine/tensorflow/engine.js';
import { layout, UNREDUCED } from '../dist/growth/layout.js';
import { freshMoments, trainedAs } from '../dist/train/adamw.js';
import { initialState } from '../dist/train/init.js';
import { maskedLmLoss } from '../dist/train/masked-lm.js';
import { stepFeeds, trainingStep } from '../dist/train/training-step.js';

/** A model of `LAYERS,HIDDEN,HEADS,FFN,LENGTH,BATCH,VOCAB`, and its batch. */
export function parseSize(text) {
  const [layers, hidden, heads, ffn, length, batch, vocab] = text.split(',').map(Number);
  const shape = { ...UNREDUCED, layers, hidden, heads, ffn, length, vocab, positions: length, norm: 'post' };
  return { shape, batch, masked: Math.floor(length * 0.15) };
}

/** Parameters of std 0.02 and moments of 0. */
export function freshState({ shape }) {
  const parameters = initialState(shape, { std: 0.02, positions: 'random' }, 1);
  return new Map([...parameters, ...freshMoments(parameters)]);
}

/** The installed TensorFlow; `precision` fp32 or bf16. Gives what compiles programs on it. */
export function openEngine({ threads, precision = 'fp32', xla = false }) {
  const [build] = nativeBuilds(process.env).builds;
  if (build === undefined) throw new Error('no engine is installed');
  const engine = openTensorFlow({ entry: build.entry, threads, device: 'cpu' });
  return (functions, state) => engine.compile(functions, state, { precision, xla: xla ? 'on' : 'off' });
}

/** A masked-LM step with AdamW, gradients clipped to norm 1. */
export function trainStep(size, dropout) {
  return trainingStep({
    trained: layout(size.shape).map(({ name, kind }) => trainedAs(name, kind)),
    feeds: batchSpecs(size),
    loss: (state, fed, drop) => lossOf(size, state, fed, drop),
    dropout,
    clip: 1,
  });
}

function batchSpecs({ shape: { length }, batch, masked }) {
  const ints = (count) => ({ dtype: 'int32', shape: [count] });
  return { ids: ints(batch * length), masked: ints(batch * masked), labels: ints(batch * masked) };
}

function lossOf({ shape, batch }, state, { ids, masked, labels }, dropout) {
  // What is visible counts under pooling only.
  const masking = { masked, visible: masked };
  const input = { batch, length: shape.length, ids, segments: null, mask: null, masking };
  return maskedLmLoss(state, shape, input, labels, dropout);
}

/** What step number `step` is fed, its tokens drawn at random. */
export function randomFeeds({ shape, batch, masked: each }, step) {
  const random = (count, below) => Int32Array.from({ length: count }, () => Math.floor(Math.random() * below));
  const places = random(batch * each, shape.length);
  return {
    ids: random(batch * shape.length, shape.vocab),
    masked: places.map((position, i) => Math.floor(i / each) * shape.length + position),
    labels: random(batch * each, shape.vocab),
    ...optimizerFeeds(1e-4, step),
  };
}

/** What the optimizer and dropout of step number `step` are fed. */
export function optimizerFeeds(rate, step) {
  return stepFeeds({ rate, decay: 0.01, update: step + 1, seed: 1, step });
}

/**
 * Floating-point operations a second of processor time in products of square matrices: what the machine gives at most,
 * by the same library, on as many threads, in the same process.
 */
export async function matmulRate(compile, size = 1024) {
  const chain = 4;
  const values = Float32Array.from({ length: size * size }, (_, i) => Math.sin(i) / Math.sqrt(size / 2));
  const state = new Map([['factor', { shape: [size, size], values }]]);
  const step = ({ factor }) => {
    let product = factor;
    for (let i = 0; i < chain; i++) product = tf.matMul(product, factor);
    return { outputs: { sum: tf.sum(product) } };
  };
  const program = await compile({ multiply: { feeds: {}, step } }, state);
  let best = Infinity;
  for (let call = 0; call < 12; call++) {
    const begin = process.cpuUsage();
    await program.run('multiply', {});
    const { user, system } = process.cpuUsage(begin);
    if (call > 1) best = Math.min(best, user + system);
  }
  program.dispose();
  return (chain * 2 * size ** 3) / (best * 1e-6);
}
