import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import type { Feeds, FeedSpec, HostTensors, Program, StepFunction, Tensors } from './engine.ts';

/**
 * Steps run op by op on tfjs's WebAssembly backend, over state that lives in its tensors.
 * Throws an Error that names the entry where state, feeds or what a step returns have not the declared form; a step
 * that throws leaves the state as it was.
 */
export function openProgram<Name extends string>(
  functions: Readonly<Record<Name, StepFunction>>,
  initial: HostTensors,
): Program<Name> {
  const state = new Map([...initial].map(([name, { shape, values }]) => [name, hold(name, shape, values)]));
  let open = true;

  const run = async (name: Name, feeds: Feeds): Promise<ReadonlyMap<string, Float32Array>> => {
    if (!open) throw new Error(`"${name}" was run after its program had been disposed of`);
    const results = carryOut(name, functions[name], feeds, state);
    for (const [entry, tensor] of results.state) {
      state.get(entry)?.dispose();
      state.set(entry, tensor);
    }
    const outputs = new Map(results.outputs.map(([entry, tensor]) => [entry, take(tensor)]));
    // Nothing above waits, so without this a signal would go unheard until the last step.
    await setImmediate();
    return outputs;
  };

  const read = (): Promise<HostTensors> =>
    Promise.resolve(
      new Map([...state].map(([name, tensor]) => [name, { shape: [...tensor.shape], values: copy(tensor) }])),
    );

  const dispose = (): void => {
    for (const tensor of state.values()) tensor.dispose();
    state.clear();
    open = false;
  };
  return { run, read, dispose };
}

interface Results {
  readonly state: readonly (readonly [string, tf.Tensor])[];
  readonly outputs: readonly (readonly [string, tf.Tensor])[];
}

function carryOut(
  name: string,
  { feeds: specs, step }: StepFunction,
  feeds: Feeds,
  state: ReadonlyMap<string, tf.Tensor>,
) {
  checkNames(name, specs, feeds);
  const results: { -readonly [Key in keyof Results]: Results[Key] } = { state: [], outputs: [] };
  tf.tidy(() => {
    const fed = Object.entries(specs).map(([entry, spec]) => [
      entry,
      feed(`${name}: feed "${entry}"`, spec, feeds[entry]),
    ]);
    const returned = step(Object.fromEntries(state), Object.fromEntries(fed) as Tensors);
    const changed = Object.entries(returned.state ?? {});
    for (const [entry, tensor] of changed) checkState(name, entry, tensor, state.get(entry));
    // Clones: a step may return one tensor twice, or one that it was given.
    results.state = changed.map(([entry, tensor]) => [entry, tf.keep(tf.clone(tensor))]);
    results.outputs = Object.entries(returned.outputs).map(([entry, tensor]) => [entry, tf.keep(tf.clone(tensor))]);
  });
  return results;
}

function hold(name: string, shape: readonly number[], values: Float32Array): tf.Tensor {
  const size = tf.util.sizeFromShape([...shape]);
  if (size !== values.length) {
    throw new Error(`state "${name}" of shape [${shape.join(', ')}] needs ${size} numbers, got ${values.length}`);
  }
  return tf.keep(tf.tensor(values, [...shape], 'float32'));
}

function checkNames(name: string, specs: StepFunction['feeds'], feeds: Feeds): void {
  const missing = Object.keys(specs).filter((entry) => feeds[entry] === undefined);
  if (missing.length > 0) throw new Error(`${name}: not fed: ${missing.join(', ')}`);
  const unknown = Object.keys(feeds).filter((entry) => specs[entry] === undefined);
  if (unknown.length > 0) throw new Error(`${name}: fed, but not declared: ${unknown.join(', ')}`);
}

function feed(what: string, { dtype, shape }: FeedSpec, values: Feeds[string] | undefined): tf.Tensor {
  const fits = dtype === 'float32' ? values instanceof Float32Array : values instanceof Int32Array;
  if (values === undefined || !fits)
    throw new Error(`${what} must be ${dtype}, got ${values?.constructor.name ?? 'nothing'}`);
  const size = tf.util.sizeFromShape([...shape]);
  if (values.length !== size) {
    throw new Error(`${what} of shape [${shape.join(', ')}] needs ${size} numbers, got ${values.length}`);
  }
  return tf.tensor(values, [...shape], dtype);
}

function checkState(name: string, entry: string, tensor: tf.Tensor, before: tf.Tensor | undefined): void {
  if (before === undefined) throw new Error(`${name} returned state "${entry}", which does not exist`);
  if (tensor.dtype !== before.dtype || tensor.shape.join() !== before.shape.join()) {
    const form = ({ dtype, shape }: tf.Tensor) => `${dtype} [${shape.join(', ')}]`;
    throw new Error(`${name} turned state "${entry}" from ${form(before)} into ${form(tensor)}`);
  }
}

/** The numbers of a tensor of any dtype as floats. The WebAssembly backend hands out copies. */
function copy(tensor: tf.Tensor): Float32Array {
  const values = tensor.dataSync();
  return values instanceof Float32Array ? values : Float32Array.from(values);
}

function take(tensor: tf.Tensor): Float32Array {
  const values = copy(tensor);
  tensor.dispose();
  return values;
}
