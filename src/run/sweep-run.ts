import { CellBook, type Failure } from './cell-book.ts';
import type { SweepOptions } from './executor.ts';
import { FailureWatch } from './failures.ts';
import type { Graph, GraphNode } from './graph.ts';
import { machine } from './machine.ts';
import { hasDiverged, keptOf, type Found } from './needed.ts';
import { goesOnFrom, type StageResult } from './node.ts';
import { NodeQueue, type ClaimedNode } from './node-queue.ts';
import { runClaimed, type EndedNode } from './node-run.ts';
import { writeNodeRecord, type NodeRecord } from './node-store.ts';
import { nodeOrder } from './order.ts';
import type { CellRecord } from './record.ts';
import type { Cell } from './spec.ts';
import { hasRecord, readRecord, writeRecord } from './store.ts';
import { WorkerProcess } from './worker-process.ts';

export interface RunOptions extends SweepOptions {
  /** The cells that the graph is of, in the order in which they should end. */
  readonly order: readonly Cell[];
  /** Records of cells that have failed before, which are no reason not to run them. */
  readonly known: ReadonlyMap<string, CellRecord>;
  /** Gets the records of the cells that end. */
  readonly records: Map<string, CellRecord>;
}

/** So often is what a node goes on from run again since what it left cannot be read. */
const MOST_LOST = 2;

/** The nodes of a sweep on their way through its workers. */
export class SweepRun {
  readonly #graph: Graph;
  readonly #options: RunOptions;
  readonly #book: CellBook;
  readonly #queue: NodeQueue;
  readonly #failures: FailureWatch;
  /** A record that cannot be written stops all workers: what they train would be lost as well. */
  readonly #trouble = new AbortController();
  readonly #signal: AbortSignal;
  /** By address: how often what a node goes on from had to be run again. */
  readonly #lost = new Map<string, number>();
  #stopped: string | null = null;

  constructor(graph: Graph, { done, stale, open }: Found, options: RunOptions) {
    const { onEvent, context, signal } = options;
    this.#graph = graph;
    this.#options = options;
    this.#signal = AbortSignal.any([signal, this.#trouble.signal]);
    this.#failures = new FailureWatch(options.failFast ?? false);
    this.#book = new CellBook(graph, done);
    this.#queue = new NodeQueue(graph, open, stale, {
      nodes: context.nodes,
      signal: this.#signal,
      order: nodeOrder(graph, options.order, options.jobs),
      onElsewhere: ({ node: { address } }, { host, pid }) => {
        onEvent({ type: 'node-elsewhere', address, host, pid });
      },
      onFound: async ({ node: { address } }, record) => {
        onEvent({ type: 'node-found', address });
        await this.#done(record);
      },
    });
  }

  /** Runs all that is open in so many workers. Gives why cells were left out after others failed, or null. */
  async run(workers: number): Promise<string | null> {
    for (const record of this.#book.complete(this.#options.order)) await this.#end(record);
    await settle(Array.from({ length: workers }, (_, place) => this.#drain(place)));
    return this.#stopped;
  }

  async #drain(place: number): Promise<void> {
    const { context, onEvent, retries } = this.#options;
    const worker = new WorkerProcess({ ...this.#options, signal: this.#signal }, place);
    const trying = { nodes: context.nodes, onEvent, ...(retries === undefined ? {} : { retries }) };
    let closing = Promise.resolve();
    try {
      for (let claimed = await this.#queue.next(); claimed !== null; claimed = await this.#queue.next()) {
        const ended = await runClaimed(claimed, this.#workOf(claimed), worker, trying);
        await closing;
        closing = this.#close(ended).catch((error: unknown) => {
          this.#trouble.abort();
          throw error;
        });
        // The worker need not wait for the disk, unless what it should do next depends on what came of this.
        if (ended.tried.end === 'done' && claimed.own.children.length === 0) closing.catch(() => undefined);
        else await closing;
      }
      await closing;
    } catch (error) {
      this.#trouble.abort();
      throw error;
    } finally {
      worker.end();
    }
  }

  #workOf({ own }: ClaimedNode) {
    const { node, cells } = own;
    const result = (address: string | null) =>
      address === null ? null : (this.#book.record(address)!.result as StageResult);
    return {
      node,
      cell: cells[0]!,
      cells: cells.map(({ id }) => id),
      before: result(node.parent),
      head: result(node.kind === 'stage' ? (node.head ?? null) : null),
      keep: keptOf(own, this.#graph),
    };
  }

  /** Keeps what came of a node and lets go of it: in that order, so that nobody runs it in between. */
  async #close({ claimed: { own, lease }, progress, tried, attempts }: EndedNode): Promise<void> {
    const record = tried.end === 'done' ? recordOf(own, tried, attempts) : null;
    try {
      if (record !== null) await writeNodeRecord(this.#options.context.nodes, record);
    } finally {
      await progress.close();
      await lease.release();
    }
    const { address } = own.node;
    switch (tried.end) {
      case 'done':
        this.#options.onEvent({ type: 'node-finished', address, error: null });
        await this.#done(record!);
        break;
      case 'parent lost':
        await this.#parentLost(own, { error: tried.error, attempts, engine: tried.engine });
        break;
      case 'failed':
        await this.#failed(own, { error: tried.error, attempts, engine: tried.engine });
        break;
      case 'stopped':
        break;
    }
  }

  async #parentLost(own: GraphNode, failure: Failure): Promise<void> {
    const { address } = own.node;
    const before = goesOnFrom(own.node);
    const times = (this.#lost.get(address) ?? 0) + 1;
    this.#lost.set(address, times);
    // A disk that spoils whatever is written to it would have that run for ever.
    if (before === null || times > MOST_LOST) {
      await this.#failed(own, failure);
      return;
    }
    this.#options.onEvent({ type: 'node-retried', address, error: failure.error });
    this.#queue.reopen(address, this.#book.record(before)!);
  }

  async #done(record: NodeRecord): Promise<void> {
    const { address } = record.node;
    for (const ended of this.#book.done(record)) await this.#end(ended);
    this.#queue.done(address, hasDiverged(record));
  }

  async #failed({ node: { address } }: GraphNode, failure: Failure): Promise<void> {
    this.#options.onEvent({ type: 'node-finished', address, error: failure.error });
    this.#queue.dropped(address);
    const [first, ...others] = this.#book.failed(address, failure);
    if (first === undefined) return;
    // One failure, however many cells share the node.
    this.#look(first);
    for (const record of [first, ...others]) await this.#keep(record);
  }

  async #end(record: CellRecord): Promise<void> {
    await this.#keep(record);
    this.#look(record);
  }

  /** Leaves the record of a cell that has ended, unless another process has. */
  async #keep(record: CellRecord): Promise<void> {
    const { folder, known, records, onEvent } = this.#options;
    const { id } = record.cell;
    const other = hasRecord(folder, id) ? await readRecord(folder, id) : null;
    const isFound = other !== null && other.result !== null && other.finished !== known.get(id)?.finished;
    if (!isFound) await writeRecord(folder, record);
    records.set(id, isFound ? other : record);
    onEvent({ type: isFound ? 'cell-found' : 'cell-finished', id, record: isFound ? other : record });
  }

  #look(record: CellRecord): void {
    const stop = this.#failures.see(record);
    if (stop === null) return;
    this.#stopped ??= stop.why;
    this.#queue.empty();
    if (stop.atOnce) this.#trouble.abort();
  }
}

function recordOf(
  { node }: GraphNode,
  { result, engine, attempt }: Extract<EndedNode['tried'], { end: 'done' }>,
  attempts: EndedNode['attempts'],
): NodeRecord {
  const { started, finished } = attempt;
  return {
    ...{ format: 1, node, result, engine, machine: machine() },
    ...{ started, finished: finished ?? started, attempts },
  };
}

/** Waits for all, then throws the first error: no worker is left running behind a rejected promise. */
async function settle(promises: readonly Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(promises)) {
    if (outcome.status === 'rejected') throw outcome.reason;
  }
}
