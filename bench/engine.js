// What a training step costs on the WebAssembly engine, and how much of it our kernels save.
// node bench/engine.js [--profile] [repeats]: after `npm run build`. Prints milliseconds a step, medians, and the ratio.
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { registerGradients } from '../dist/engine/gradients/register.js';
import { openProgram } from '../dist/engine/program.js';
import { openWasm } from '../dist/engine/wasm.js';
import { adamw, squareSum } from '../dist/engine/ops/adamw.js';
import { gelu, softmax } from '../dist/engine/ops/activations.js';
import { crossEntropy } from '../dist/engine/ops/cross-entropy.js';
import { dense } from '../dist/engine/ops/dense.js';
import { dropoutMask } from '../dist/engine/ops/dropout.js';
import { gatherRows } from '../dist/engine/ops/gather.js';
import { layerNorm } from '../dist/engine/ops/layer-norm.js';
import { layout, dims } from '../dist/growth/layout.js';

const shape = (hidden, vocab, norm) => ({
  ...{ layers: 2, hidden, heads: 4, ffn: 4 * hidden, vocab, positions: 32, norm, length: 32, pool: null },
});
const CASES = [
  { name: '2L/64H  vocab 1000 pre ', shape: shape(64, 1000, 'pre'), dropout: 0 },
  { name: '2L/64H  vocab 1000 pre, dropout', shape: shape(64, 1000, 'pre'), dropout: 0.1 },
  { name: '2L/64H  vocab 1000 post', shape: shape(64, 1000, 'post'), dropout: 0 },
  { name: '2L/64H  vocab 4000 pre ', shape: shape(64, 4000, 'pre'), dropout: 0 },
  { name: '2L/128H vocab 1000 pre ', shape: shape(128, 1000, 'pre'), dropout: 0 },
];
const BATCH = 32;
const MASKED = 10;

/** Numbers that are the same on every run, about uniform in (-1, 1). */
function randoms(count, seed) {
  let x = seed | 1;
  return Float32Array.from({ length: count }, () => {
    x = (Math.imul(x, 1664525) + 1013904223) | 0;
    return x / 2 ** 31;
  });
}
const integers = (count, below, seed) =>
  Int32Array.from(randoms(count, seed), (x) => Math.floor(((x + 1) / 2) * below));

function initialState(model) {
  const state = new Map();
  for (const [i, parameter] of layout(model).entries()) {
    const size = dims(parameter, model);
    const count = size.reduce((a, b) => a * b, 1);
    const values =
      parameter.kind === 'gain' ? new Float32Array(count).fill(1) : randoms(count, i + 1).map((x) => x / 16);
    state.set(parameter.name, { shape: size, values });
    for (const moment of ['first', 'second']) {
      state.set(`${moment}/${parameter.name}`, { shape: size, values: new Float32Array(count) });
    }
  }
  return state;
}

/** A masked-LM loss of the model, in the engine's ops. */
function loss(model, weights, feeds, dropout) {
  const { layers, hidden, heads, norm } = model;
  const length = model.length;
  const w = (name) => weights[name];
  const linear = (x, name) => dense(x, w(`${name}/kernel`), w(`${name}/bias`));
  const normed = (x, name) => layerNorm(x, w(`${name}/gain`), w(`${name}/bias`));
  let site = 0;
  const drop = (x) => (dropout === 0 ? x : tf.mul(x, dropoutMask(x.shape, feeds.seed, ++site, dropout)));
  const split = (x) => tf.transpose(tf.reshape(x, [BATCH, length, heads, hidden / heads]), [0, 2, 1, 3]);
  const attention = (x, layer) => {
    const [q, k, v] = ['query', 'key', 'value'].map((name) => split(linear(x, `${layer}/${name}`)));
    const scores = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(hidden / heads));
    const mixed = tf.transpose(tf.matMul(drop(softmax(scores)), v), [0, 2, 1, 3]);
    return drop(linear(tf.reshape(mixed, [BATCH * length, hidden]), `${layer}/attention_output`));
  };
  const feedForward = (x, layer) => drop(linear(gelu(linear(x, `${layer}/ffn_input`)), `${layer}/ffn_output`));
  const tokens = tf.reshape(gatherRows(w('embedding/tokens'), feeds.ids), [BATCH, length, hidden]);
  const places = tf.add(w('embedding/positions'), tf.slice(w('embedding/segments'), [0, 0], [1, hidden]));
  let x = drop(normed(tf.reshape(tf.add(tokens, places), [BATCH * length, hidden]), 'embedding/norm'));
  for (let i = 0; i < layers; i++) {
    const layer = `layer_${i}`;
    if (norm === 'pre') {
      x = tf.add(x, attention(normed(x, `${layer}/attention_norm`), layer));
      x = tf.add(x, feedForward(normed(x, `${layer}/ffn_norm`), layer));
    } else {
      x = normed(tf.add(x, attention(x, layer)), `${layer}/attention_norm`);
      x = normed(tf.add(x, feedForward(x, layer)), `${layer}/ffn_norm`);
    }
  }
  if (norm === 'pre') x = normed(x, 'final_norm');
  const picked = gatherRows(x, feeds.masked);
  const head = normed(gelu(linear(picked, 'masked_lm/transform')), 'masked_lm/norm');
  const logits = tf.add(tf.matMul(head, w('embedding/tokens'), false, true), w('masked_lm/output/bias'));
  return tf.mean(crossEntropy(logits, feeds.labels));
}

function trainingStep({ shape: model, dropout }) {
  const names = layout(model).map(({ name }) => name);
  const rows = BATCH * model.length;
  const feeds = {
    ids: { dtype: 'int32', shape: [rows] },
    masked: { dtype: 'int32', shape: [BATCH * MASKED] },
    labels: { dtype: 'int32', shape: [BATCH * MASKED] },
    seed: { dtype: 'int32', shape: [2] },
    rates: { dtype: 'float32', shape: [3] },
  };
  const step = (state, fed) => {
    const weights = names.map((name) => state[name]);
    const entries = (list) => Object.fromEntries(names.map((name, i) => [name, list[i]]));
    const { value, grads } = tf.valueAndGrads((...list) => loss(model, entries(list), fed, dropout))(weights);
    const length = tf.sqrt(tf.addN(grads.map(squareSum)));
    const clip = tf.reshape(tf.minimum(1, tf.div(1, tf.add(length, 1e-6))), [1]);
    const rates = tf.concat([clip, fed.rates]);
    const changed = {};
    for (const [i, name] of names.entries()) {
      const before = { weight: state[name], first: state[`first/${name}`], second: state[`second/${name}`] };
      const after = adamw(before, grads[i], rates, { beta1: 0.9, beta2: 0.999, epsilon: 1e-6 });
      changed[name] = after.weight;
      changed[`first/${name}`] = after.first;
      changed[`second/${name}`] = after.second;
    }
    return { state: changed, outputs: { loss: value } };
  };
  return { feeds, step };
}

async function time(one, repeats) {
  const { shape: model } = one;
  const program = openProgram({ train: trainingStep(one) }, initialState(model));
  const batch = {
    ids: integers(BATCH * model.length, model.vocab, 5),
    masked: integers(BATCH * MASKED, BATCH * model.length, 6),
    labels: integers(BATCH * MASKED, model.vocab, 7),
  };
  const times = [];
  const losses = [];
  for (let i = 0; i < repeats + 3; i++) {
    const rates = Float32Array.of(1e-3, 1e-5, 1);
    const start = performance.now();
    const outputs = await program.run('train', { ...batch, seed: Int32Array.of(1, i), rates });
    times.push(performance.now() - start);
    losses.push(outputs.get('loss')[0]);
  }
  program.dispose();
  return { ms: times.slice(3).sort((a, b) => a - b)[repeats >> 1], losses };
}

/** tfjs's own kernels, with the one that it lacks in terms of the one that serves. */
async function startPlain() {
  const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(`${dirname(entry)}/`);
  await tf.setBackend('wasm');
  registerGradients();
  tf.registerKernel({
    kernelName: tf.UnsortedSegmentSum,
    backendName: 'wasm',
    kernelFunc: ({ inputs: { x, segmentIds }, attrs, backend }) => {
      const indices = { ...segmentIds, shape: [...segmentIds.shape, 1] };
      const target = [attrs.numSegments, ...x.shape.slice(1)];
      const { kernelFunc } = tf.getKernel(tf.ScatterNd, 'wasm');
      return kernelFunc({ inputs: { indices, updates: x }, attrs: { shape: target }, backend });
    },
  });
}

/** Adds up the time of every kernel from now on. */
function profileKernels() {
  const spent = new Map();
  for (const config of tf.getKernelsForBackend('wasm')) {
    const { kernelFunc, kernelName } = config;
    config.kernelFunc = (call) => {
      const start = performance.now();
      const result = kernelFunc(call);
      const entry = spent.get(kernelName) ?? { calls: 0, ms: 0 };
      spent.set(kernelName, { calls: entry.calls + 1, ms: entry.ms + performance.now() - start });
      return result;
    };
  }
  return spent;
}

function printProfile(spent, steps) {
  for (const [name, { calls, ms }] of [...spent].sort((a, b) => b[1].ms - a[1].ms).slice(0, 16)) {
    console.log(`    ${(ms / steps).toFixed(2).padStart(8)} ms ${String(calls / steps).padStart(6)} x ${name}`);
  }
  spent.clear();
}

const profile = process.argv.includes('--profile');
const repeats = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? 10);

async function timeAll(spent) {
  const results = [];
  for (const one of CASES) {
    // The mask has no kernel of tfjs's to compare with.
    if (one.dropout > 0 && tf.getKernel('DropoutMask', 'wasm') === undefined) {
      results.push(null);
      continue;
    }
    results.push(await time(one, repeats));
    if (spent) {
      console.log(`${one.name}: ${results.at(-1).ms.toFixed(1)} ms`);
      printProfile(spent, repeats + 3);
    }
  }
  return results;
}

await startPlain();
const plain = await timeAll(profile ? profileKernels() : null);
await openWasm();
const ours = await timeAll(profile ? profileKernels() : null);

console.log('ms a step'.padEnd(34) + 'tfjs'.padStart(9) + 'ours'.padStart(9) + 'ratio'.padStart(8));
for (const [i, { name }] of CASES.entries()) {
  const theirs = plain[i] === null ? '-' : plain[i].ms.toFixed(1);
  const ratio = plain[i] === null ? '-' : (plain[i].ms / ours[i].ms).toFixed(1);
  console.log(name.padEnd(34) + theirs.padStart(9) + ours[i].ms.toFixed(1).padStart(9) + ratio.padStart(8));
  const drift = plain[i] === null ? 0 : Math.abs(plain[i].losses.at(-1) - ours[i].losses.at(-1));
  if (!(drift < 1e-3)) throw new Error(`the loss differs by ${drift}: ${plain[i]?.losses} and ${ours[i].losses}`);
}
