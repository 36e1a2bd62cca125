import { addressOf, nodeDigests, type GrowthDigests, type NodeDigests } from './address.ts';
import type { NodeInfo } from './events.ts';
import type { WorkNode } from './node.ts';
import { distinctCells, type Cell, type Comparison, type Settings } from './spec.ts';
import { planStages } from './stages.ts';
import { evaluationWork, taskWork } from './work.ts';

/** A node among those that need it, and that it needs. */
export interface GraphNode {
  readonly node: WorkNode;
  /** Those that need it, in the plan's order. */
  readonly cells: readonly Cell[];
  /** FLOPs; of fine-tuning an estimate. */
  readonly work: number;
  /** Addresses of the nodes that go on from it. */
  readonly children: readonly string[];
}

/** All that some cells need, each node once. */
export interface Graph {
  /** By address; parents before their children. */
  readonly nodes: ReadonlyMap<string, GraphNode>;
  /** The addresses of a cell's nodes, by its id, in the order in which they can run. */
  readonly ofCell: ReadonlyMap<string, readonly string[]>;
}

export interface GraphOptions {
  /** Whether every cell's model is saved too. */
  readonly saving?: boolean;
}

/** The nodes of some cells. Cells that agree up to a point share the nodes up to there. */
export function graphOf(
  cells: readonly Cell[],
  contents: Comparison['contents'],
  { saving = false }: GraphOptions = {},
): Graph {
  const templates = new Map<Settings, Template>();
  const growths: GrowthDigests = new Map();
  const nodes = new Map<string, Growing>();
  const ofCell = new Map<string, readonly string[]>();
  for (const cell of distinctCells(cells)) {
    const known = templates.get(cell.settings);
    const template = known ?? templateOf(cell.settings, contents, growths);
    if (known === undefined) templates.set(cell.settings, template);
    const own = nodesOf(cell, template, saving);
    ofCell.set(
      cell.id,
      own.map(({ node }) => node.address),
    );
    for (const { node, work } of own) addTo(nodes, cell, node, work);
  }
  return { nodes, ofCell };
}

/** What a graph's node is told of as. */
export const nodeInfo = ({ node, cells, work }: GraphNode): NodeInfo => ({
  node,
  cells: cells.map(({ id }) => id),
  work,
});

interface Growing extends GraphNode {
  readonly cells: Cell[];
  readonly children: string[];
}

/** All of a cell's nodes that its seed has no part in: the same for all seeds of an arm. */
interface Template {
  readonly digests: NodeDigests;
  readonly stageWork: readonly number[];
  readonly evaluationWork: number;
  readonly taskWork: Readonly<Record<string, number>>;
}

function templateOf(settings: Settings, contents: Comparison['contents'], growths: GrowthDigests): Template {
  return {
    digests: nodeDigests(settings, contents, growths),
    stageWork: planStages(settings).map(({ flops, fit }) => flops + (fit?.flops ?? 0)),
    evaluationWork: evaluationWork(settings),
    taskWork: Object.fromEntries(settings.finetune.tasks.map((task) => [task, taskWork(settings, task)])),
  };
}

interface Planned {
  readonly node: WorkNode;
  readonly work: number;
}

function nodesOf(cell: Cell, { digests, ...works }: Template, saving: boolean): Planned[] {
  const made: Planned[] = [];
  let parent: string | null = null;
  for (const [index, decides] of digests.stages.entries()) {
    const address: string = addressOf(cell, 'stage', parent, decides);
    made.push({ node: { kind: 'stage', address, parent, index }, work: works.stageWork[index]! });
    parent = address;
  }
  if (parent === null) throw new Error('a schedule has at least one stage');
  const after = (kind: string, decides: string) => ({
    address: addressOf(cell, kind, parent, decides),
    parent: parent,
  });
  if (digests.evaluation !== null) {
    const node = { kind: 'evaluation', ...after('evaluation', digests.evaluation) } as const;
    made.push({ node, work: works.evaluationWork });
  }
  for (const [task, decides] of Object.entries(digests.tasks)) {
    made.push({ node: { kind: 'finetuning', task, ...after('finetuning', decides) }, work: works.taskWork[task]! });
  }
  // Named by its cell: that is where the model is left.
  if (saving) made.push({ node: { kind: 'saving', ...after('saving', cell.id) }, work: 0 });
  return made;
}

function addTo(nodes: Map<string, Growing>, cell: Cell, node: WorkNode, work: number): void {
  const known = nodes.get(node.address);
  if (known !== undefined) {
    known.cells.push(cell);
    return;
  }
  nodes.set(node.address, { node, work, cells: [cell], children: [] });
  if (node.parent !== null) nodes.get(node.parent)!.children.push(node.address);
}
