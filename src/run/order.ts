import type { Graph, GraphNode } from './graph.ts';
import type { Cell } from './spec.ts';

/**
 * Which of two nodes that can both be run goes first. A seed's before the next one's, so that slow drift of the machine
 * hits all arms alike. Within a seed one worker finishes cell by cell; several begin with the node whose longest way to
 * an end is longest, so that no long chain is left over for one of them.
 */
export function nodeOrder(graph: Graph, cells: readonly Cell[], jobs: number): (a: GraphNode, b: GraphNode) => number {
  const seeds = [...new Set(cells.map(({ seed }) => seed))];
  const rounds = new Map(cells.map(({ id, seed }) => [id, seeds.indexOf(seed)]));
  const cellPlaces = new Map(cells.map(({ id }, place) => [id, place]));
  const nodePlaces = new Map([...graph.nodes.keys()].map((address, place) => [address, place]));
  const paths = longestPaths(graph);
  // Of a head that is run again, the first can be a cell that is done.
  const first = ({ cells: own }: GraphNode) => own.find(({ id }) => rounds.has(id))!.id;
  const round = (own: GraphNode) => rounds.get(first(own))!;
  const path = ({ node }: GraphNode) => (jobs === 1 ? 0 : paths.get(node.address)!);
  const cell = (own: GraphNode) => cellPlaces.get(first(own))!;
  const place = ({ node }: GraphNode) => nodePlaces.get(node.address)!;
  return (a, b) => round(a) - round(b) || path(b) - path(a) || cell(a) - cell(b) || place(a) - place(b);
}

/** By address: the work of a node and of the dearest chain of nodes that goes on from it. */
function longestPaths({ nodes }: Graph): Map<string, number> {
  const paths = new Map<string, number>();
  for (const [address, { work, children }] of [...nodes].reverse()) {
    paths.set(address, work + Math.max(0, ...children.map((child) => paths.get(child)!)));
  }
  return paths;
}
