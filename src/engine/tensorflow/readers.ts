import type { Node } from './graph.ts';
import { passesOn } from './limits.ts';

/** The node that an input is an output of: `name:1` and `^name` are of `name`. */
const nodeOf = (input: string): string => input.replace(/^\^|:\d+$/g, '');

/** Who reads the numbers of a node's first output. */
export interface Readers {
  /** The nodes that do, whether directly or in another shape, among those that are computed at all. */
  readonly nodes: readonly string[];
  /** Whether any of `kept`, which are still looked at when all nodes have run, is these numbers. */
  readonly outlives: boolean;
}

/**
 * Tells who reads an output, where only what `roots` (node inputs) depend on is computed. For updates in place: nothing
 * may read the old numbers after them.
 */
export function openReaders(
  nodes: readonly Node[],
  roots: readonly string[],
  kept: readonly string[],
): (output: string) => Readers {
  const live = liveNodes(nodes, roots);
  const consumers = new Map<string, Node[]>();
  for (const node of live) {
    for (const input of new Set(node.inputs)) consumers.set(input, [...(consumers.get(input) ?? []), node]);
  }
  const readersOf = (output: string): Readers => {
    const direct = consumers.get(output) ?? [];
    const further = direct.filter(({ op }) => passesOn(op)).map(({ name }) => readersOf(name));
    return {
      nodes: [...direct.map(({ name }) => name), ...further.flatMap((readers) => readers.nodes)],
      outlives: kept.includes(output) || further.some(({ outlives }) => outlives),
    };
  };
  return readersOf;
}

function liveNodes(nodes: readonly Node[], roots: readonly string[]): ReadonlySet<Node> {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const live = new Set<Node>();
  const left = [...roots];
  for (let root = left.pop(); root !== undefined; root = left.pop()) {
    const node = byName.get(nodeOf(root));
    if (node === undefined || live.has(node)) continue;
    live.add(node);
    left.push(...node.inputs);
  }
  return live;
}
