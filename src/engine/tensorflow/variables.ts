import type { HostTensors } from '../engine.ts';
import { adamNodes, type AdamCall, type Held } from './adam.ts';
import { TYPE } from './backend.ts';
import { literal, typeAttribute } from './nodes.ts';
import type { AttributeValue, Node } from './graph.ts';
import type { Arguments, Recording, Traced } from './record.ts';
import { openReaders } from './readers.ts';
import type { Fed } from './session.ts';

/** As a node's input: only after that node, without using what it gives. */
export const after = (node: string): string => `^${node}`;

/** The state as TensorFlow's resource variables. */
export interface Variables {
  readonly names: readonly string[];
  /** The variables, and the nodes by which they are given and read as a whole. */
  readonly nodes: readonly Node[];
  /** To fetch for the values, in the order of `names`. */
  readonly reads: readonly string[];
  /** To feed together, while fetching `assigned`. Throws where the numbers do not fill the shape. */
  readonly assignments: (state: HostTensors) => Fed[];
  readonly assigned: string;
  /** The nodes by which one function reads them. */
  readonly readFor: (prefix: string) => { readonly nodes: readonly Node[]; readonly state: Arguments['state'] };
  /** The nodes that replace what a function changes, after it has read it. Throws for a wrong name or form. */
  readonly update: (name: string, prefix: string, recording: Recording, fuse: boolean) => Node[];
}

const FLOAT = { dtype: typeAttribute(TYPE.float32) };

export function variables(initial: HostTensors): Variables {
  const entries = [...initial].map(([name, { shape }], index) => ({ name, shape, variable: `state/${index}` }));
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const assigned = 'assigned';
  const nodes = [
    ...entries.flatMap(({ shape, variable }) => variableNodes(variable, shape)),
    literal('zero', TYPE.float32, [], [0]),
    {
      name: assigned,
      op: 'Identity',
      inputs: ['zero', ...entries.map(({ variable }) => after(`${variable}/assign`))],
      attributes: { T: FLOAT.dtype },
    },
  ];
  const assignments = (state: HostTensors): Fed[] =>
    entries.map(({ name, shape, variable }) => {
      const { values } = state.get(name)!;
      const size = shape.reduce((product, dimension) => product * dimension, 1);
      if (size !== values.length) {
        throw new Error(`state "${name}" of shape [${shape.join(', ')}] needs ${size} numbers, got ${values.length}`);
      }
      return { node: `${variable}/value`, dtype: TYPE.float32, shape, values };
    });
  const readFor: Variables['readFor'] = (prefix) => ({
    nodes: entries.map(({ variable }) => read(`${prefix}/${variable}`, variable)),
    state: new Map(entries.map(({ name, shape, variable }) => [name, { reference: `${prefix}/${variable}`, shape }])),
  });
  const update: Variables['update'] = (name, prefix, recording, fuse) => {
    const { state, adam } = recording;
    for (const [entry, value] of state) checkChange(name, entry, byName.get(entry)?.shape, value);
    const held = (entry: string): Held => {
      const { variable } = byName.get(entry)!;
      return { variable, read: `${prefix}/${variable}` };
    };
    // Entries by the value that they had and by the one they get, to find the moments that belong to a weight.
    const owners = new Map([...state].map(([entry, { reference }]) => [`${held(entry).read} ${reference}`, entry]));
    const left = new Map(state);
    const nodes: Node[] = [];
    const owned = [...adam.values()]
      .filter(({ update: { kind } }) => fuse || kind === 'fused')
      .map((call) => ({ call, three: call.before.map((old, i) => owners.get(`${old} ${call.after[i]!}`)) }))
      .filter((pair): pair is { call: AdamCall<string>; three: string[] } => !pair.three.includes(undefined));
    const readersOf = readersBefore(
      recording,
      owned.map(({ call }) => call),
    );
    for (const { call, three } of owned) {
      const readers = call.before.map(readersOf);
      if (call.update.kind === 'fused' && readers.some(({ outlives }) => outlives)) continue;
      for (const entry of three) left.delete(entry);
      const before = readers.flatMap((reader) => reader.nodes);
      nodes.push(...adamNodes(prefix, call, three.map(held) as [Held, Held, Held], [...new Set(before)]));
    }
    for (const [entry, { reference }] of left) {
      const { variable, read } = held(entry);
      nodes.push(assignment(`${prefix}/${variable}/assign`, [variable, reference, after(read)]));
    }
    return nodes;
  };
  return {
    names: [...byName.keys()],
    nodes,
    reads: entries.map(({ variable }) => `${variable}/read`),
    assignments,
    assigned,
    readFor,
    update,
  };
}

/** Who reads the old numbers, where `calls` are done in place: what they would have computed otherwise is not. */
function readersBefore({ nodes, state, outputs }: Recording, calls: readonly AdamCall<string>[]) {
  const inPlace = new Set(calls.flatMap(({ after: made }) => made));
  const results = [...state.values(), ...outputs.values()].map(({ reference }) => reference);
  const kept = results.filter((reference) => !inPlace.has(reference));
  return openReaders(nodes, [...kept, ...calls.flatMap(({ update }) => needs(update))], kept);
}

const needs = (update: AdamCall<string>['update']): string[] =>
  Object.entries(update).flatMap(([key, value]) => (key !== 'kind' && typeof value === 'string' ? [value] : []));

const formOf = ({ dtype, shape }: Traced): string => `${nameOf(dtype)} [${shape.join(', ')}]`;

const nameOf = (dtype: number): string =>
  Object.entries(TYPE).find(([, value]) => value === dtype)?.[0] ?? `type ${dtype}`;

function checkChange(name: string, entry: string, shape: readonly number[] | undefined, value: Traced): void {
  if (shape === undefined) throw new Error(`${name} returned state "${entry}", which does not exist`);
  if (value.dtype !== TYPE.float32 || value.shape.join() !== shape.join()) {
    throw new Error(`${name} turned state "${entry}" from float32 [${shape.join(', ')}] into ${formOf(value)}`);
  }
}

function variableNodes(variable: string, shape: readonly number[]): Node[] {
  const form: AttributeValue = { kind: 'shape', value: shape };
  const shared: Record<string, AttributeValue> = {
    shared_name: { kind: 'string', value: variable },
    container: { kind: 'string', value: '' },
  };
  return [
    { name: variable, op: 'VarHandleOp', inputs: [], attributes: { ...FLOAT, shape: form, ...shared } },
    { name: `${variable}/value`, op: 'Placeholder', inputs: [], attributes: { ...FLOAT, shape: form } },
    // TensorFlow takes the array it is fed for the variable's own memory, where updates are then made in place.
    { name: `${variable}/own`, op: 'DeepCopy', inputs: [`${variable}/value`], attributes: { T: FLOAT.dtype } },
    assignment(`${variable}/assign`, [variable, `${variable}/own`]),
    read(`${variable}/read`, variable),
  ];
}

const read = (name: string, variable: string): Node => ({
  name,
  op: 'ReadVariableOp',
  inputs: [variable],
  attributes: FLOAT,
});

const assignment = (name: string, inputs: readonly string[]): Node => ({
  name,
  op: 'AssignVariableOp',
  inputs,
  attributes: { ...FLOAT, validate_shape: { kind: 'bool', value: false } },
});
