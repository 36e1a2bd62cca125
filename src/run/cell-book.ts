import { assembleRecord } from './assemble.ts';
import type { Graph } from './graph.ts';
import { machine } from './machine.ts';
import { hasDiverged } from './needed.ts';
import type { NodeRecord } from './node-store.ts';
import type { Attempt, CellRecord } from './record.ts';
import type { Cell } from './spec.ts';

/** Keeps account of which nodes the cells of a sweep still wait for, and makes a cell's record once there is none. */
export class CellBook {
  readonly #graph: Graph;
  readonly #records: Map<string, NodeRecord>;
  /** By id: the addresses that a cell waits for. Cells that have ended are not in it. */
  readonly #waiting: Map<string, Set<string>>;

  /** `done` are the nodes that are done before the first is run. */
  constructor(graph: Graph, done: ReadonlyMap<string, NodeRecord>) {
    this.#graph = graph;
    this.#records = new Map(done);
    this.#waiting = new Map(
      [...graph.ofCell].map(([id, addresses]) => [id, new Set(addresses.filter((address) => !done.has(address)))]),
    );
  }

  /** The record of a node that is done. */
  record(address: string): NodeRecord | undefined {
    return this.#records.get(address);
  }

  /** The records of `cells` that wait for nothing: all of whose nodes were done before. */
  complete(cells: readonly Cell[]): CellRecord[] {
    return cells.flatMap((cell) => this.#ended(cell) ?? []);
  }

  /** A node is done: the records of the cells that thereby are. */
  done(record: NodeRecord): CellRecord[] {
    const { address } = record.node;
    this.#records.set(address, record);
    return this.#cellsOf(address).flatMap((cell) => {
      this.#waiting.get(cell.id)?.delete(address);
      return this.#ended(cell) ?? [];
    });
  }

  /** A node has failed: the records of the cells that thereby have, too. */
  failed(address: string, failure: Failure): CellRecord[] {
    return this.#cellsOf(address).flatMap((cell) => {
      if (!this.#waiting.delete(cell.id)) return [];
      const before = this.#recordsOf(cell);
      const { error, attempts } = failure;
      return {
        ...{ format: 1, cell, result: null, error, engine: failure.engine, machine: machine() },
        started: before[0]?.started ?? attempts.at(-1)!.started,
        finished: attempts.at(-1)!.finished ?? attempts.at(-1)!.started,
        attempts: [...before.flatMap((own) => own.attempts), ...attempts],
      };
    });
  }

  #cellsOf(address: string): readonly Cell[] {
    return this.#graph.nodes.get(address)!.cells;
  }

  #recordsOf({ id }: Cell): NodeRecord[] {
    return this.#graph.ofCell.get(id)!.flatMap((address) => this.#records.get(address) ?? []);
  }

  /** The record of a cell that has just ended: after its last node, or the stage that diverged. */
  #ended(cell: Cell): CellRecord | null {
    const waiting = this.#waiting.get(cell.id);
    if (waiting === undefined) return null;
    const records = this.#recordsOf(cell);
    if (waiting.size > 0 && !records.some(hasDiverged)) return null;
    this.#waiting.delete(cell.id);
    return assembleRecord(cell, records);
  }
}

export interface Failure extends Pick<CellRecord, 'engine'> {
  readonly error: string;
  /** At the node, the last one included. */
  readonly attempts: readonly Attempt[];
}
