import { EVENT_ID, getScalarValue, SCALAR_STYLE, type Event, type ScalarEvent } from 'js-yaml';
import type { Problem } from './problem.ts';

/** A part of a YAML document, with the offset where it is written; for an alias, where the alias is. */
export interface Located {
  readonly start: number;
  readonly node: TreeNode;
}
export type TreeNode =
  | { readonly kind: 'scalar' }
  | { readonly kind: 'sequence'; readonly items: readonly Located[] }
  | { readonly kind: 'mapping'; readonly entries: readonly Entry[] };
export interface Entry {
  readonly key: string;
  readonly keyStart: number;
  readonly value: Located;
}

/** Aliases are counted as often as they stand for something: nine lines can mean a billion nodes. */
export const LARGEST_DOCUMENT = 10_000;

interface Sized extends Located {
  /** Nodes, aliases expanded. */
  readonly size: number;
}

/** The positions of everything in a document. No tree where aliases make it too large to look at, or endless. */
export function buildTree(
  text: string,
  events: readonly Event[],
): { readonly tree: Located | null; readonly problems: readonly Problem[] } {
  const builder = new TreeBuilder(text, events);
  try {
    return { tree: builder.build(), problems: builder.problems };
  } catch (error) {
    if (!(error instanceof UnreadableTree)) throw error;
    return { tree: null, problems: [...builder.problems, error.problem] };
  }
}

/** Stops the reading of a document whose shape nothing can be made of. */
class UnreadableTree extends Error {
  readonly problem: Problem;

  constructor(offset: number, message: string, hint: string) {
    super(message);
    this.problem = { place: { in: 'file', offset }, subject: '', message, hint };
  }
}

/** Reads events from front to back; lives as long as one build. */
class TreeBuilder {
  readonly problems: Problem[] = [];
  readonly #text: string;
  readonly #events: readonly Event[];
  /** Null while the anchored node is still being read. */
  readonly #anchors = new Map<string, Sized | null>();
  #next = 1;
  #size = 0;

  constructor(text: string, events: readonly Event[]) {
    this.#text = text;
    this.#events = events;
  }

  build(): Located {
    return this.#node();
  }

  #node(): Sized {
    const event = this.#events[this.#next++]!;
    switch (event.type) {
      case EVENT_ID.ALIAS:
        return this.#alias(event.anchorStart, event.anchorEnd);
      case EVENT_ID.SCALAR:
        return this.#anchored(event, () => this.#scalar(event));
      case EVENT_ID.SEQUENCE:
        return this.#anchored(event, () => this.#sequence(event.start));
      case EVENT_ID.MAPPING:
        return this.#anchored(event, () => this.#mapping(event.start));
      case EVENT_ID.DOCUMENT:
      case EVENT_ID.POP:
        throw new Error(`a YAML node begins with event ${event.type}`);
    }
  }

  #anchored(event: { readonly anchorStart: number; readonly anchorEnd: number }, read: () => Sized): Sized {
    const anchor = event.anchorStart === -1 ? null : this.#text.slice(event.anchorStart, event.anchorEnd);
    if (anchor !== null) this.#anchors.set(anchor, null);
    const node = read();
    if (anchor !== null) this.#anchors.set(anchor, node);
    return node;
  }

  #alias(nameStart: number, nameEnd: number): Sized {
    const name = this.#text.slice(nameStart, nameEnd);
    const start = nameStart - 1;
    const target = this.#anchors.get(name);
    if (target === null) {
      throw new UnreadableTree(
        start,
        `alias *${name} must not stand inside what it stands for`,
        'Write the value out.',
      );
    }
    // What an unknown alias means is the constructor's to say: it knows the words for it.
    if (target === undefined) return this.#count({ start, node: { kind: 'scalar' }, size: 1 });
    return this.#count({ start, node: target.node, size: target.size });
  }

  #count(node: Sized): Sized {
    this.#size += node.size;
    if (this.#size <= LARGEST_DOCUMENT) return node;
    const limit = LARGEST_DOCUMENT.toLocaleString('en');
    throw new UnreadableTree(
      node.start,
      `the file must hold at most ${limit} values with its aliases written out, got more`,
      'A comparison of this size cannot be read: split it.',
    );
  }

  #scalar({ style, valueStart, tagStart }: ScalarEvent): Sized {
    const quoted = style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED;
    const start = valueStart === -1 ? tagStart : valueStart - (quoted ? 1 : 0);
    return this.#count({ start, node: { kind: 'scalar' }, size: 1 });
  }

  #sequence(start: number): Sized {
    this.#count({ start, node: { kind: 'scalar' }, size: 1 });
    const items: Sized[] = [];
    while (this.#more()) {
      const item = this.#node();
      items.push(item.start === -1 ? { ...item, start } : item);
    }
    return { start, node: { kind: 'sequence', items }, size: items.reduce((sum, { size }) => sum + size, 1) };
  }

  #mapping(start: number): Sized {
    this.#count({ start, node: { kind: 'scalar' }, size: 1 });
    const entries: Entry[] = [];
    const keys = new Set<string>();
    let size = 1;
    while (this.#more()) {
      const { key, keyStart } = this.#key(start);
      if (keys.has(key)) this.#repeated(key, keyStart);
      keys.add(key);
      const value = this.#node();
      size += value.size;
      // An empty value is written nowhere: its key stands for it.
      entries.push({ key, keyStart, value: value.start === -1 ? { ...value, start: keyStart } : value });
    }
    return { start, node: { kind: 'mapping', entries }, size };
  }

  /** `mapping` stands for a key that is empty, and so written nowhere. */
  #key(mapping: number): { readonly key: string; readonly keyStart: number } {
    const event = this.#events[this.#next]!;
    const { start, node } = this.#node();
    if (event.type === EVENT_ID.SCALAR) {
      return { key: getScalarValue(this.#text, event), keyStart: start === -1 ? mapping : start };
    }
    const got = node.kind === 'scalar' ? 'an alias' : `a ${node.kind}`;
    throw new UnreadableTree(start, `a key must be a word, got ${got}`, 'Put quotes around text with brackets or "*".');
  }

  #repeated(key: string, offset: number): void {
    const message = `a key must not be given twice, got "${key}" again`;
    this.problems.push({ place: { in: 'file', offset }, subject: '', message, hint: 'Remove or rename one of them.' });
  }

  /** Whether the open sequence or mapping goes on; its end is read. */
  #more(): boolean {
    if (this.#events[this.#next]!.type !== EVENT_ID.POP) return true;
    this.#next++;
    return false;
  }
}
