import type { HostTensors } from '../engine.ts';
import { TYPE } from './backend.ts';
import { literal, typeAttribute } from './nodes.ts';
import type { AttributeValue, Node } from './graph.ts';
import type { Arguments, Traced } from './record.ts';
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
  /** The node that replaces a variable, once the function has read it. Throws for a wrong name or form. */
  readonly assign: (name: string, prefix: string, entry: string, value: Traced) => Node;
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
  const assign: Variables['assign'] = (name, prefix, entry, value) => {
    const known = byName.get(entry);
    if (known === undefined) throw new Error(`${name} returned state "${entry}", which does not exist`);
    if (value.dtype !== TYPE.float32 || value.shape.join() !== known.shape.join()) {
      throw new Error(`${name} turned state "${entry}" of shape [${known.shape.join(', ')}] into ${formOf(value)}`);
    }
    const read = after(`${prefix}/${known.variable}`);
    return assignment(`${prefix}/${known.variable}/assign`, [known.variable, value.reference, read]);
  };
  return {
    names: [...byName.keys()],
    nodes,
    reads: entries.map(({ variable }) => `${variable}/read`),
    assignments,
    assigned,
    readFor,
    assign,
  };
}

const formOf = ({ dtype, shape }: Traced): string =>
  `${dtype === TYPE.float32 ? 'float32' : `type ${dtype}`} [${shape.join(', ')}]`;

function variableNodes(variable: string, shape: readonly number[]): Node[] {
  const form: AttributeValue = { kind: 'shape', value: shape };
  const shared: Record<string, AttributeValue> = {
    shared_name: { kind: 'string', value: variable },
    container: { kind: 'string', value: '' },
  };
  return [
    { name: variable, op: 'VarHandleOp', inputs: [], attributes: { ...FLOAT, shape: form, ...shared } },
    { name: `${variable}/value`, op: 'Placeholder', inputs: [], attributes: { ...FLOAT, shape: form } },
    assignment(`${variable}/assign`, [variable, `${variable}/value`]),
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
