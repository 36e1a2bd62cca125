import { goesOnFrom, type WorkNode } from './node.ts';
import type { Cell } from './spec.ts';

export interface PlannedNode {
  readonly node: WorkNode;
  /** FLOPs; of fine-tuning an estimate. */
  readonly work: number;
  /** The same for stages that differ in nothing but how long they go on; null where there can be no others. */
  readonly line: string | null;
}

export interface NodeOfCells extends PlannedNode {
  readonly cells: Cell[];
}

/**
 * Gives every stage that is another one made longer that one as its head, the longest if there are several: a model
 * that never grows is trained on from where those that grow began as it. `others` serve as heads too, and are left out
 * where none goes on from them. Every node comes after the one that it goes on from; the order is else that of `nodes`.
 */
export function withHeads(
  nodes: ReadonlyMap<string, NodeOfCells>,
  others: ReadonlyMap<string, NodeOfCells>,
): NodeOfCells[] {
  const all = new Map([...others, ...nodes]);
  const heads = headsOf(all.values());
  const ordered = new Map<string, NodeOfCells>();
  const place = (own: NodeOfCells): void => {
    if (ordered.has(own.node.address)) return;
    const headed = withHead(own, heads.get(own.node.address));
    const before = goesOnFrom(headed.node);
    if (before !== null) place(all.get(before)!);
    ordered.set(own.node.address, headed);
  };
  for (const own of nodes.values()) place(own);
  for (const { node, cells } of [...ordered.values()].reverse()) {
    // Were the head to fail, so would they.
    if (node.kind === 'stage' && node.head !== undefined) ordered.get(node.head)!.cells.push(...cells);
  }
  return [...ordered.values()];
}

/** The heads by the addresses of those that go on from them. The work of stages of one line grows with their steps. */
function headsOf(all: Iterable<NodeOfCells>): Map<string, NodeOfCells> {
  const lines = new Map<string, NodeOfCells[]>();
  for (const own of all) {
    if (own.line === null || own.work === 0) continue;
    const line = lines.get(own.line);
    if (line === undefined) lines.set(own.line, [own]);
    else line.push(own);
  }
  const heads = new Map<string, NodeOfCells>();
  for (const line of lines.values()) {
    line.sort((a, b) => a.work - b.work);
    for (const [index, { node }] of line.entries()) if (index > 0) heads.set(node.address, line[index - 1]!);
  }
  return heads;
}

function withHead(own: NodeOfCells, head: NodeOfCells | undefined): NodeOfCells {
  if (head === undefined || own.node.kind !== 'stage') return own;
  return { ...own, node: { ...own.node, head: head.node.address }, work: own.work - head.work };
}
