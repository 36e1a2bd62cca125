import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import type { CompileOptions, Feeds, HostTensors, Program, StepFunction } from '../engine.ts';
import { TYPE, type Backend } from './backend.ts';
import { checkFeeds } from './feeds.ts';
import { after, variables, type Variables } from './variables.ts';
import { literal, typeAttribute } from './nodes.ts';
import type { Node } from './graph.ts';
import { OWN_OPS } from './kernels/fused.ts';
import { record, type Recording } from './record.ts';
import { openSession } from './session.ts';
import type { Shapes } from './shapes.ts';

/** What programs of one engine share. */
export interface Machinery {
  readonly backend: Backend;
  readonly shapes: Shapes;
}

/** How one program is compiled, once all is decided. */
export interface Compilation {
  readonly precision: CompileOptions['precision'];
  readonly xla: boolean;
}

/** A function of the graph: what to feed and fetch for one call of it. */
interface Compiled {
  readonly definition: StepFunction;
  readonly prefix: string;
  readonly limits: ReadonlyMap<string, number>;
  /** Node by output name. */
  readonly outputs: ReadonlyMap<string, string>;
  /** To fetch where there is no output: fetching is what makes TensorFlow run a function at all. */
  readonly done: string;
}

/**
 * Records every function, loads them as one graph whose variables hold the state, and runs each call as one step of it.
 * Throws an Error that names the entry where state, feeds or what a step returns have not the declared form, or where
 * an index in a feed is out of range; a call that throws leaves the state as it was.
 */
export async function compileProgram<Name extends string>(
  machinery: Machinery,
  functions: Readonly<Record<Name, StepFunction>>,
  initial: HostTensors,
  compilation: Compilation,
): Promise<Program<Name>> {
  const { binding } = machinery.backend;
  const held = variables(initial);
  const nodes: Node[] = [...held.nodes];
  const compiled = new Map<string, Compiled>();
  await onBackend('tensorflow', () => {
    for (const [name, definition] of Object.entries<StepFunction>(functions)) {
      const { added, result } = compileFunction(machinery, compilation, name, definition, held);
      nodes.push(...added);
      compiled.set(name, result);
    }
  });
  const session = openSession(binding, compilation.xla ? nodes.map(forXla) : nodes);
  session.run(held.assignments(initial), [held.assigned]);
  let open = true;

  const run = async (name: Name, feeds: Feeds): Promise<ReadonlyMap<string, Float32Array>> => {
    if (!open) throw new Error(`"${name}" was run after its program had been disposed of`);
    const { definition, prefix, limits, outputs, done } = compiled.get(name)!;
    checkFeeds(name, definition.feeds, feeds, limits);
    const fed = Object.entries(definition.feeds).map(([entry, { dtype, shape }]) => {
      return { node: `${prefix}/feed/${entry}`, dtype: TYPE[dtype], shape, values: feeds[entry]! };
    });
    const fetched = session.run(fed, outputs.size === 0 ? [done] : [...outputs.values()]);
    // TensorFlow blocks, so without this a signal would go unheard until the last step.
    await setImmediate();
    return new Map([...outputs.keys()].map((entry, index) => [entry, fetched[index]!.values]));
  };
  const read = (): Promise<HostTensors> => {
    const fetched = session.run([], held.reads);
    return Promise.resolve(new Map(held.names.map((name, index) => [name, fetched[index]!])));
  };
  const dispose = (): void => {
    if (open) session.dispose();
    open = false;
  };
  return { run, read, dispose };
}

function compileFunction(
  { backend, shapes }: Machinery,
  { precision, xla }: Compilation,
  name: string,
  definition: StepFunction,
  held: Variables,
): { readonly added: readonly Node[]; readonly result: Compiled } {
  const prefix = `run_${name.replace(/\W/g, '_')}`;
  const { nodes: reads, state } = held.readFor(prefix);
  const recording = record(backend, shapes, prefix, { feeds: definition.feeds, state }, definition.step, precision);
  // What XLA compiles it fuses better by itself than TensorFlow's in-place update would let it.
  const updates = held.update(name, prefix, recording, !xla);
  const barrier: Node = {
    name: `${prefix}/updated`,
    op: 'NoOp',
    inputs: updates.map((update) => after(update.name)),
    attributes: {},
  };
  const results = resultNodes(prefix, recording, barrier.name);
  const outputs = new Map([...recording.outputs.keys()].map((entry, index) => [entry, results[index]!.name]));
  const done = { ...literal(`${prefix}/done`, TYPE.int32, [], [1]), inputs: [after(barrier.name)] };
  const added = [...reads, ...recording.nodes, ...updates, barrier, ...results, done];
  return { added, result: { definition, prefix, limits: recording.limits, outputs, done: done.name } };
}

/** XLA compiles the nodes that are marked so, whatever the process as a whole is set to; it does not know our own ops. */
const forXla = (node: Node): Node =>
  node.op.startsWith(OWN_OPS)
    ? node
    : { ...node, attributes: { ...node.attributes, _XlaCompile: { kind: 'bool', value: true } } };

/** What a call fetches: an output is given only after all of the state is replaced. */
const resultNodes = (prefix: string, { outputs }: Recording, updated: string): Node[] =>
  [...outputs.values()].map(({ reference, dtype }, index) => ({
    name: `${prefix}/output_${index}`,
    op: 'Identity',
    inputs: [reference, after(updated)],
    attributes: { T: typeAttribute(dtype) },
  }));

/** With the named tfjs backend in use while `work` runs: another engine of the same process may be using its own. */
async function onBackend(name: string, work: () => void): Promise<void> {
  const before = tf.getBackend();
  await tf.setBackend(name);
  try {
    work();
  } finally {
    await tf.setBackend(before);
  }
}
