import type { Graph, GraphNode } from './graph.ts';
import { readNodeRecord, keptState, storedNodes, type NodeRecord } from './node-store.ts';

/** What is there already of a graph. */
export interface Found {
  /** Records that need not be made again, by address. */
  readonly done: ReadonlyMap<string, NodeRecord>;
  /** Records of nodes that have to be run again, since what they left is gone and needed. */
  readonly stale: ReadonlyMap<string, NodeRecord>;
  /** Addresses of the nodes to run. */
  readonly open: ReadonlySet<string>;
}

/** Files read side by side: enough to keep the disk busy, fewer than a process may have open. */
const READ_AT_ONCE = 64;

/**
 * Looks which nodes of a graph are done. A stage is run again where something that is not done goes on from it and its
 * state is not there any more, and a node whose files among the results are not (`isLeft` says so); what would follow a
 * stage that diverged is never run.
 */
export async function findNodes(
  graph: Graph,
  nodes: string,
  isLeft: (own: GraphNode) => boolean = () => true,
): Promise<Found> {
  const records = await recordsOf(graph, nodes);
  const dead = withoutFuture(graph, records);
  const open = new Set<string>();
  const stale = new Map<string, NodeRecord>();
  // Children before their parents: whether a stage's state is needed depends on what goes on from it.
  for (const [address, own] of [...graph.nodes].reverse()) {
    if (dead.has(address) || (!own.isWanted && !own.children.some((child) => open.has(child)))) continue;
    const record = records.get(address);
    if (record !== undefined) {
      const isNeeded = own.children.some((child) => open.has(child));
      if (isLeft(own) && !(isNeeded && !(await hasState(own, graph, nodes)))) continue;
      stale.set(address, record);
    }
    open.add(address);
  }
  return { done: new Map([...records].filter(([address]) => !open.has(address))), stale, open };
}

async function recordsOf(graph: Graph, nodes: string): Promise<Map<string, NodeRecord>> {
  const stored = (await storedNodes(nodes)).filter((address) => graph.nodes.has(address));
  const records = new Map<string, NodeRecord>();
  for (let at = 0; at < stored.length; at += READ_AT_ONCE) {
    const some = await Promise.all(
      stored.slice(at, at + READ_AT_ONCE).map((address) => readNodeRecord(nodes, address)),
    );
    for (const record of some) if (record !== null) records.set(record.node.address, record);
  }
  return records;
}

/** The nodes that go on, at once or later, from a stage that diverged. */
function withoutFuture(graph: Graph, records: ReadonlyMap<string, NodeRecord>): Set<string> {
  const dead = new Set<string>();
  for (const [address, { node }] of graph.nodes) {
    if (node.parent === null) continue;
    const parent = records.get(node.parent);
    if (dead.has(node.parent) || (parent !== undefined && hasDiverged(parent))) dead.add(address);
  }
  return dead;
}

/** Whether nothing can go on from a node. */
export const hasDiverged = ({ result }: NodeRecord): boolean => result.kind === 'stage' && result.status === 'diverged';

/** What a stage must leave for those that go on from it: Adam's moments too where one of them is a stage. */
export const keptOf = ({ children }: GraphNode, graph: Graph): 'parameters' | 'all' =>
  children.some((child) => graph.nodes.get(child)!.node.kind === 'stage') ? 'all' : 'parameters';

async function hasState(own: GraphNode, graph: Graph, nodes: string): Promise<boolean> {
  const state = await keptState(nodes, own.node.address);
  return state !== null && (state.keep === 'all' || keptOf(own, graph) === 'parameters');
}
