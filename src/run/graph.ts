import { addressOf, nodeDigests, type GrowthDigests, type NodeDigests } from './address.ts';
import type { NodeInfo } from './events.ts';
import { withHeads, type NodeOfCells, type PlannedNode } from './heads.ts';
import { goesOnFrom, type WorkNode } from './node.ts';
import { distinctCells, type Cell, type Comparison, type Settings } from './spec.ts';
import { planStages } from './stages.ts';
import { evaluationWork, taskWork } from './work.ts';
import { usesXla } from './xla.ts';

/** A node among those that need it, and that it needs. */
export interface GraphNode {
  readonly node: WorkNode;
  /** Those that need it, in the plan's order; then those that have a node which goes on from it as from its head. */
  readonly cells: readonly Cell[];
  /** FLOPs, less those of its head; of fine-tuning an estimate. */
  readonly work: number;
  /** Whether one of the graph's own cells has it, and not only some that are finished. */
  readonly isWanted: boolean;
  /** Addresses of the nodes that go on from it. */
  readonly children: readonly string[];
}

/** All that some cells need, each node once. */
export interface Graph {
  /** By address; each after the one that it goes on from. */
  readonly nodes: ReadonlyMap<string, GraphNode>;
  /** The addresses of a cell's nodes, by its id, in the order in which they can run. */
  readonly ofCell: ReadonlyMap<string, readonly string[]>;
}

export interface GraphOptions {
  /** Whether every cell's model is saved too. */
  readonly saving?: boolean;
  /** Cells that are done. Their nodes are not part of the graph, but where one that is goes on from them. */
  readonly finished?: readonly Cell[];
}

/**
 * The nodes of some cells. Cells that agree up to a point share the nodes up to there, and a stage that is another one
 * made longer goes on from where that one ends.
 */
export function graphOf(
  cells: readonly Cell[],
  contents: Comparison['contents'],
  { saving = false, finished = [] }: GraphOptions = {},
): Graph {
  const plannedFor = planner(contents);
  const nodes = new Map<string, NodeOfCells>();
  const ofCell = new Map<string, readonly string[]>();
  for (const cell of distinctCells(cells)) {
    const own = plannedFor(cell, saving);
    ofCell.set(
      cell.id,
      own.map(({ node }) => node.address),
    );
    for (const planned of own) addTo(nodes, cell, planned);
  }
  const others = new Map<string, NodeOfCells>();
  const lines = new Set([...nodes.values()].flatMap(({ line }) => line ?? []));
  for (const cell of lines.size === 0 ? [] : distinctCells(finished)) {
    for (const planned of plannedFor(cell, false)) {
      if (planned.line !== null && lines.has(planned.line)) addTo(others, cell, planned);
    }
  }
  return { nodes: joined(withHeads(nodes, others), nodes), ofCell };
}

/** What a graph's node is told of as. */
export const nodeInfo = ({ node, cells, work }: GraphNode): NodeInfo => ({
  node,
  cells: cells.map(({ id }) => id),
  work,
});

/** All of a cell's nodes that its seed has no part in: the same for all seeds of an arm. */
interface Template {
  readonly digests: NodeDigests;
  readonly stageWork: readonly number[];
  readonly stageSteps: readonly number[];
  readonly evaluationWork: number;
  readonly taskWork: Readonly<Record<string, number>>;
}

function templateOf(settings: Settings, contents: Comparison['contents'], growths: GrowthDigests): Template {
  const stages = planStages(settings);
  return {
    digests: nodeDigests(settings, contents, growths),
    stageWork: stages.map(({ flops, fit }) => flops + (fit?.flops ?? 0)),
    stageSteps: stages.map(({ steps }) => steps),
    evaluationWork: evaluationWork(settings),
    taskWork: Object.fromEntries(settings.finetune.tasks.map((task) => [task, taskWork(settings, task)])),
  };
}

/** What one cell needs, its template made once for all seeds. */
function planner(contents: Comparison['contents']): (cell: Cell, saving: boolean) => PlannedNode[] {
  const templates = new Map<Settings, Template>();
  const growths: GrowthDigests = new Map();
  return (cell, saving) => {
    const known = templates.get(cell.settings);
    const template = known ?? templateOf(cell.settings, contents, growths);
    if (known === undefined) templates.set(cell.settings, template);
    return nodesOf(cell, template, saving);
  };
}

function nodesOf(cell: Cell, { digests, ...works }: Template, saving: boolean): PlannedNode[] {
  const made: PlannedNode[] = [];
  let parent: string | null = null;
  for (const [index, decides] of digests.stages.entries()) {
    const address: string = addressOf(cell, 'stage', parent, decides);
    made.push({
      ...{ node: { kind: 'stage', address, parent, index }, work: works.stageWork[index]! },
      line: lineKey(cell, parent, digests.lines[index]!, works.stageSteps[index]!),
    });
    parent = address;
  }
  if (parent === null) throw new Error('a schedule has at least one stage');
  const after = (kind: string, decides: string) => ({
    address: addressOf(cell, kind, parent, decides),
    parent: parent,
  });
  if (digests.evaluation !== null) {
    const node = { kind: 'evaluation', ...after('evaluation', digests.evaluation) } as const;
    made.push({ node, work: works.evaluationWork, line: null });
  }
  for (const [task, decides] of Object.entries(digests.tasks)) {
    const node = { kind: 'finetuning', task, ...after('finetuning', decides) } as const;
    made.push({ node, work: works.taskWork[task]!, line: null });
  }
  // Named by its cell: that is where the model is left.
  if (saving) made.push({ node: { kind: 'saving', ...after('saving', cell.id) }, work: 0, line: null });
  return made;
}

/** Names the stages that differ in nothing but how long they go on; null where there can be no others. */
function lineKey({ seed, engine }: Cell, parent: string | null, line: string | null, steps: number): string | null {
  // How many steps are to come may decide how they are compiled.
  return line === null ? null : `${seed} ${parent} ${usesXla(engine, steps)} ${line}`;
}

function addTo(nodes: Map<string, NodeOfCells>, cell: Cell, planned: PlannedNode): void {
  const known = nodes.get(planned.node.address);
  if (known === undefined) nodes.set(planned.node.address, { ...planned, cells: [cell] });
  else known.cells.push(cell);
}

/** With every node's children. */
function joined(nodes: readonly NodeOfCells[], wanted: ReadonlyMap<string, unknown>): Map<string, GraphNode> {
  const children = new Map<string, string[]>(nodes.map(({ node }) => [node.address, []]));
  for (const { node } of nodes) {
    const before = goesOnFrom(node);
    if (before !== null) children.get(before)!.push(node.address);
  }
  return new Map(
    nodes.map(({ node, work, cells }) => [
      node.address,
      { node, work, cells, isWanted: wanted.has(node.address), children: children.get(node.address)! },
    ]),
  );
}
