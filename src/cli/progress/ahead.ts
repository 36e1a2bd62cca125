import type { NodeInfo } from '../../run/events.ts';
import { goesOnFrom } from '../../run/node.ts';
import { speedKind } from './speeds.ts';

/** The nodes that are still to be run, as far as an estimate needs to know them. */
export interface Ahead {
  /** FLOPs by kind, with one node of the kind. */
  readonly work: ReadonlyMap<string, { readonly example: NodeInfo; readonly work: number }>;
  /** The most work that must be done one after another, by what it waits for: a node that runs or is done, or nothing. */
  readonly chains: ReadonlyMap<string | null, readonly NodeInfo[]>;
}

/** Frames are drawn far more often than nodes start, and there can be tens of thousands of nodes. */
const known = new WeakMap<readonly NodeInfo[], Ahead>();

/** Sums the waiting nodes up. */
export function nodesAhead(waiting: readonly NodeInfo[]): Ahead {
  const before = known.get(waiting);
  if (before !== undefined) return before;
  const ahead = { work: workByKind(waiting), chains: longestChains(waiting) };
  known.set(waiting, ahead);
  return ahead;
}

function workByKind(waiting: readonly NodeInfo[]): Ahead['work'] {
  const sums = new Map<string, { example: NodeInfo; work: number }>();
  for (const info of waiting) {
    const kind = speedKind(info);
    const own = sums.get(kind);
    if (own === undefined) sums.set(kind, { example: info, work: info.work });
    else own.work += info.work;
  }
  return sums;
}

function longestChains(waiting: readonly NodeInfo[]): Ahead['chains'] {
  const children = new Map<string | null, NodeInfo[]>();
  for (const info of waiting) {
    const before = goesOnFrom(info.node);
    const siblings = children.get(before);
    if (siblings === undefined) children.set(before, [info]);
    else siblings.push(info);
  }
  const addresses = new Set<string | null>(waiting.map(({ node }) => node.address));
  const starts = [...children.keys()].filter((parent) => !addresses.has(parent));
  return new Map(starts.map((parent) => [parent, longestFrom(parent, children).nodes]));
}

interface Chain {
  readonly work: number;
  readonly nodes: readonly NodeInfo[];
}

function longestFrom(parent: string | null, children: ReadonlyMap<string | null, readonly NodeInfo[]>): Chain {
  let [first, rest, work]: [NodeInfo | null, Chain, number] = [null, NO_CHAIN, 0];
  for (const info of children.get(parent) ?? []) {
    const after = longestFrom(info.node.address, children);
    if (first === null || info.work + after.work > work) [first, rest, work] = [info, after, info.work + after.work];
  }
  return first === null ? NO_CHAIN : { work, nodes: [first, ...rest.nodes] };
}

const NO_CHAIN: Chain = { work: 0, nodes: [] };
