import { isMapping } from './at-path.ts';
import type { Problem } from './problem.ts';
import type { Entry, Located } from './tree.ts';

/** A value with where each part of it is written. */
export interface Layer {
  readonly value: unknown;
  readonly tree: Located;
}

/** `over` laid over `under`: mappings key by key, everything else as a whole. Keys keep the order of `under`. */
export function overlay(under: Layer, over: Layer): Layer {
  const [below, above] = [under.value, over.value];
  if (!isMapping(below) || !isMapping(above)) return over;
  const entries = new Map(entriesOf(under.tree).map((entry) => [entry.key, entry]));
  const value: Record<string, unknown> = { ...below };
  for (const entry of entriesOf(over.tree)) {
    const { key } = entry;
    const own = entries.get(key);
    const inner = { value: above[key], tree: entry.value };
    const laid = own === undefined ? inner : overlay({ value: below[key], tree: own.value }, inner);
    value[key] = laid.value;
    entries.set(key, { ...entry, value: laid.tree });
  }
  return { value, tree: { start: over.tree.start, node: { kind: 'mapping', entries: [...entries.values()] } } };
}

/**
 * The layer with its merge keys carried out (YAML 1.1, "merge key language-independent type"): `<<: *anchor`, or a list
 * of anchors the first of which wins, stand for the keys of those mappings that are not given beside them.
 */
export function applyMergeKeys(layer: Layer): { readonly layer: Layer; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const apply = ({ value, tree }: Layer): Layer => {
    if (Array.isArray(value) && tree.node.kind === 'sequence') {
      const items = tree.node.items.map((item, index) => apply({ value: value[index] as unknown, tree: item }));
      return {
        value: items.map((item) => item.value),
        tree: { start: tree.start, node: { kind: 'sequence', items: items.map((item) => item.tree) } },
      };
    }
    if (!isMapping(value)) return { value, tree };
    const own = entriesOf(tree).filter(({ key }) => key !== MERGE);
    const applied = own.map((entry) => ({ entry, ...apply({ value: value[entry.key], tree: entry.value }) }));
    const plain: Layer = {
      value: Object.fromEntries(applied.map(({ entry, value: inner }) => [entry.key, inner])),
      tree: {
        start: tree.start,
        node: { kind: 'mapping', entries: applied.map(({ entry, tree: inner }) => ({ ...entry, value: inner })) },
      },
    };
    const merge = entriesOf(tree).findLast(({ key }) => key === MERGE);
    return merge === undefined
      ? plain
      : mergedInto(plain, apply({ value: value[MERGE], tree: merge.value }), merge, problems);
  };
  return { layer: apply(layer), problems };
}

const MERGE = '<<';

/** `own` with the keys that `merged` has and it lacks: a merge takes mappings key by key, but not what is in them. */
function mergedInto(own: Layer, merged: Layer, { keyStart }: Entry, problems: Problem[]): Layer {
  const sources: Layer[] =
    Array.isArray(merged.value) && merged.tree.node.kind === 'sequence'
      ? merged.tree.node.items.map((tree, index) => ({ value: (merged.value as unknown[])[index], tree }))
      : [merged];
  if (!sources.every(({ value }) => isMapping(value))) {
    const message = 'a merge key must stand for a mapping, or for a list of them';
    problems.push({ place: { in: 'file', offset: keyStart }, subject: '', message, hint: 'Write `<<: *anchor`.' });
    return own;
  }
  return sources.reduce((sum, source) => {
    const taken = new Set(entriesOf(sum.tree).map(({ key }) => key));
    const added = entriesOf(source.tree).filter(({ key }) => !taken.has(key));
    const values = source.value as Readonly<Record<string, unknown>>;
    return {
      value: { ...(sum.value as object), ...Object.fromEntries(added.map(({ key }) => [key, values[key]])) },
      tree: { start: sum.tree.start, node: { kind: 'mapping', entries: [...entriesOf(sum.tree), ...added] } },
    };
  }, own);
}

const entriesOf = ({ node }: Located): readonly Entry[] =>
  node.kind === 'mapping' ? [...new Map(node.entries.map((entry) => [entry.key, entry])).values()] : [];
