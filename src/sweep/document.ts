import { constructFromEvents, EVENT_ID, parseEvents, YAMLException, type Event } from 'js-yaml';
import type { Source } from './frame.ts';
import type { Path, Problem } from './problem.ts';
import { buildTree, type Located } from './tree.ts';
import type { Layer } from './layers.ts';

/** A parsed file, or null where it is no YAML document that can be worked with; and what is wrong with it. */
export interface Parsed {
  readonly document: Layer | null;
  readonly problems: readonly Problem[];
}

/** Parses YAML 1.2 (core schema). Every problem is returned, none thrown. */
export function parseDocument({ text, start }: Source): Parsed {
  const { document, problems } = parse(text);
  if (start === 0) return { document, problems };
  return {
    document: document === null ? null : { ...document, tree: shifted(document.tree, start) },
    problems: problems.map((problem) =>
      problem.place.in === 'file'
        ? { ...problem, place: { in: 'file', offset: problem.place.offset + start } }
        : problem,
    ),
  };
}

function shifted({ start, node }: Located, by: number): Located {
  const moved = start + by;
  switch (node.kind) {
    case 'scalar':
      return { start: moved, node };
    case 'sequence':
      return { start: moved, node: { ...node, items: node.items.map((item) => shifted(item, by)) } };
    case 'mapping': {
      const entries = node.entries.map(({ key, keyStart, value }) => ({
        key,
        keyStart: keyStart + by,
        value: shifted(value, by),
      }));
      return { start: moved, node: { ...node, entries } };
    }
  }
}

function parse(text: string): Parsed {
  try {
    const events = parseEvents(text, {});
    const fatal = countProblem(events);
    if (fatal !== null) return { document: null, problems: [fatal] };
    const { tree, problems } = buildTree(text, events);
    if (tree === null) return { document: null, problems };
    // Repeated keys are among the problems already; the last one is read, so that what it holds is checked too.
    const [value] = constructFromEvents(events, { source: text, json: true });
    if (value === null) return { document: null, problems: [emptyProblem] };
    return { document: { value, tree }, problems };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return { document: null, problems: [syntaxProblem(error, text)] };
  }
}

function countProblem(events: readonly Event[]): Problem | null {
  const documents = events.filter((event) => event.type === EVENT_ID.DOCUMENT).length;
  if (documents === 1) return null;
  if (documents === 0) return emptyProblem;
  const message = `the file must hold one YAML document, got ${documents}`;
  return { ...emptyProblem, message, hint: 'Remove the "---" lines, or save each document as a file.' };
}

function syntaxProblem({ reason, mark }: YAMLException, text: string): Problem {
  const offset = Math.min(mark?.position ?? 0, text.length);
  return {
    place: { in: 'file', offset },
    subject: '',
    message: `the file must be YAML: ${reason}`,
    hint: syntaxHint(reason),
  };
}

function syntaxHint(reason: string): string {
  if (reason.includes('tab')) return 'Indent with spaces.';
  if (reason.includes('deficient')) return 'A bracket or quote above may not be closed.';
  if (reason.includes('indentation')) return 'Keys of one mapping must begin in the same column.';
  if (reason.includes('end of the stream')) return 'A bracket or quote is opened and not closed.';
  return '';
}

const emptyProblem: Problem = {
  place: { in: 'file', offset: 0 },
  subject: '',
  message: 'the file must hold a sweep, but is empty',
  hint: 'Begin with a question as a comment, then seeds, base and arms.',
};

/**
 * The offset of the value at `path` or, where it is the last key of the path that matters, of that key. Where the
 * file does not reach that far, the nearest thing above it.
 */
export function offsetOf(tree: Located, path: Path, part: 'key' | 'value'): number {
  let here = tree;
  let offset = here.start;
  for (const [index, step] of path.entries()) {
    const next = child(here, step);
    if (next === null) return offset;
    offset = part === 'key' || index < path.length - 1 ? next.keyStart : next.value.start;
    here = next.value;
  }
  return offset;
}

/** Whether the file itself holds something at `path`. */
export function isWritten(tree: Located, path: Path): boolean {
  let here: Located | undefined = tree;
  for (const step of path) {
    here = child(here, step)?.value;
    if (here === undefined) return false;
  }
  return true;
}

function child({ node }: Located, step: string | number): { keyStart: number; value: Located } | null {
  switch (node.kind) {
    case 'mapping':
      return node.entries.findLast(({ key }) => key === String(step)) ?? null;
    case 'sequence': {
      const item = node.items[Number(step)];
      return item === undefined ? null : { keyStart: item.start, value: item };
    }
    case 'scalar':
      return null;
  }
}
