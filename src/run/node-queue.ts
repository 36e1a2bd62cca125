import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Graph, GraphNode } from './graph.ts';
import { goesOnFrom } from './node.ts';
import { isHolder, LeaseFile, type Holder, type Lease } from './lease.ts';
import {
  hasNodeAttempts,
  hasNodeRecord,
  nodeLease,
  readNodeAttempts,
  readNodeRecord,
  type NodeRecord,
} from './node-store.ts';
import { hostLabel } from './process.ts';
import type { Attempt } from './record.ts';

/** A node that this process alone may run until the lease is released, and the attempts that were made at it. */
export interface ClaimedNode {
  readonly own: GraphNode;
  readonly lease: Lease;
  readonly before: readonly Attempt[];
}

export interface QueueOptions {
  /** The folder of all nodes. */
  readonly nodes: string;
  readonly signal: AbortSignal;
  /** Which of two nodes that can both be run goes first. */
  readonly order: (a: GraphNode, b: GraphNode) => number;
  /** Another process has it; told once a node. */
  readonly onElsewhere: (own: GraphNode, holder: Holder) => void;
  /** Another process has run it since this one started. */
  readonly onFound: (own: GraphNode, record: NodeRecord) => Promise<void>;
}

/** How often nodes of another process are looked at. */
const POLL_MS = 300;

/** The nodes that are still to run, handed out one by one, parents first, each to one process of all that share the folder. */
export class NodeQueue {
  readonly #options: QueueOptions;
  readonly #graph: Graph;
  /** Records of nodes that have to be run all the same, since what they left is gone. */
  readonly #stale: Map<string, NodeRecord>;
  readonly #leases = new Map<string, LeaseFile>();
  readonly #told = new Set<string>();
  /** By address, of all that are not done: whether what it goes on from is not, either; in line; or handed out. */
  readonly #open: Map<string, 'blocked' | 'ready' | 'out'>;
  #ready: GraphNode[];
  #elsewhere: GraphNode[] = [];
  /** Emits `change` whenever a node may have become ready. */
  readonly #changes = new EventEmitter();

  constructor(graph: Graph, open: ReadonlySet<string>, stale: ReadonlyMap<string, NodeRecord>, options: QueueOptions) {
    this.#options = options;
    this.#graph = graph;
    this.#stale = new Map(stale);
    this.#open = new Map([...open].map((address) => [address, 'blocked']));
    const all = [...open].map((address) => graph.nodes.get(address)!);
    this.#ready = all.filter(({ node }) => !open.has(goesOnFrom(node) ?? '')).sort(options.order);
    for (const { node } of this.#ready) this.#open.set(node.address, 'ready');
  }

  /** The next node; waits while all that could be run hangs on others'. Null when none is left, or when stopped. */
  async next(): Promise<ClaimedNode | null> {
    const { signal } = this.#options;
    while (!signal.aborted) {
      const own = this.#ready.shift();
      if (own !== undefined) {
        this.#open.set(own.node.address, 'out');
        const claimed = await this.#claim(own);
        if (claimed !== null) return claimed;
      } else if (this.#open.size === 0) return null;
      else await this.#changed();
    }
    return null;
  }

  /** A node is done: those that go on from it can be run. Where it diverged, only those have a use for it whose head it is. */
  done(address: string, hasDiverged: boolean): void {
    this.#open.delete(address);
    for (const child of this.#graph.nodes.get(address)!.children) {
      const own = this.#graph.nodes.get(child)!;
      if (hasDiverged && own.node.parent === address) this.dropped(child);
      else if (this.#open.get(child) === 'blocked') this.#insert(own);
    }
    this.#changes.emit('change');
  }

  /** A node will not be done: it and all that goes on from it are left out. */
  dropped(address: string): void {
    this.#open.delete(address);
    for (const child of this.#graph.nodes.get(address)!.children) if (this.#open.has(child)) this.dropped(child);
    this.#changes.emit('change');
  }

  /** What a node goes on from cannot be read: that is run again, then the node. */
  reopen(address: string, before: NodeRecord): void {
    const lost = before.node.address;
    this.#open.set(address, 'blocked');
    // Another node that goes on from it may have found out first.
    if (this.#open.has(lost)) return;
    this.#stale.set(lost, before);
    this.#insert(this.#graph.nodes.get(lost)!);
    this.#changes.emit('change');
  }

  /** Hands out no more. */
  empty(): void {
    this.#open.clear();
    this.#ready = [];
    this.#elsewhere = [];
    this.#changes.emit('change');
  }

  /** Waits until a node may have become ready, or until stopped. */
  async #changed(): Promise<void> {
    const settled = new AbortController();
    const signal = AbortSignal.any([this.#options.signal, settled.signal]);
    const polling = this.#elsewhere.length === 0 ? [] : [sleep(POLL_MS, undefined, { signal })];
    await Promise.race([once(this.#changes, 'change', { signal }), ...polling]).catch(() => undefined);
    settled.abort();
    for (const own of this.#elsewhere.splice(0)) this.#insert(own);
  }

  /** Puts a node where it belongs among the ready ones. */
  #insert(own: GraphNode): void {
    let [low, high] = [0, this.#ready.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#options.order(this.#ready[middle]!, own) <= 0) low = middle + 1;
      else high = middle;
    }
    this.#ready.splice(low, 0, own);
    this.#open.set(own.node.address, 'ready');
  }

  async #claim(own: GraphNode): Promise<ClaimedNode | null> {
    const { nodes, onElsewhere, onFound } = this.#options;
    const { address } = own.node;
    const file = this.#leases.get(address) ?? new LeaseFile(nodeLease(nodes, address));
    const lease = await file.claim();
    if (isHolder(lease)) {
      // To find out whether its holder lives, the same file has to be asked again.
      this.#leases.set(address, file);
      this.#elsewhere.push(own);
      if (!this.#told.has(address)) onElsewhere(own, lease);
      this.#told.add(address);
      return null;
    }
    // Only now can no other process be between its record and its lease.
    const record = hasNodeRecord(nodes, address) ? await readNodeRecord(nodes, address) : null;
    if (record !== null && record.finished !== this.#stale.get(address)?.finished) {
      await lease.release();
      await onFound(own, record);
      return null;
    }
    const kept = hasNodeAttempts(nodes, address) ? await readNodeAttempts(nodes, address) : [];
    const before = [...kept, ...lease.dead.map(lostAttempt)];
    return { own, lease, before };
  }
}

/** What is known of an attempt whose process was gone. */
const lostAttempt = ({ host, pid, since }: Holder): Attempt => ({
  host: hostLabel(host),
  pid,
  started: since,
  finished: null,
  end: 'lost',
  why: 'its process was gone',
});
