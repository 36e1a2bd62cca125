import { pointersOf, type Synset } from './synset.ts';

/** Synsets by id with the kinds they are kinds of, as far as those are among them. */
export interface Taxonomy {
  /** What a synset is a kind or an instance of, in the data file's order. Empty for a root. */
  parents(id: string): readonly string[];
  /** Steps from a synset up to a root, on the shortest and on the longest way. */
  depths(id: string): Depths;
}

export interface Depths {
  readonly shortest: number;
  readonly longest: number;
}

/** Hypernym, and hypernym of an instance. */
const UPWARDS = new Set(['@', '@i']);
const ROOT: Depths = { shortest: 0, longest: 0 };

/** The hypernyms of synsets of one part of speech. Every synset's line is read once, when it is first asked for. */
export function taxonomyOf(synsets: readonly Synset[]): Taxonomy {
  const byId = new Map(synsets.map((synset) => [synset.id, synset]));
  const parents = remembered((id: string): readonly string[] => {
    const synset = byId.get(id);
    if (synset === undefined) throw new Error(`no synset is called ${id}`);
    const above = pointersOf(synset).filter(({ symbol }) => UPWARDS.has(symbol));
    return above.flatMap(({ target }) => byId.get(target)?.id ?? []);
  });
  const depths: (id: string) => Depths = remembered((id: string) => {
    const above = parents(id).map(depths);
    if (above.length === 0) return ROOT;
    return {
      shortest: 1 + Math.min(...above.map(({ shortest }) => shortest)),
      longest: 1 + Math.max(...above.map(({ longest }) => longest)),
    };
  });
  return { parents, depths };
}

function remembered<Value>(find: (id: string) => Value): (id: string) => Value {
  const known = new Map<string, Value>();
  return (id) => {
    const before = known.get(id);
    if (before !== undefined) return before;
    const value = find(id);
    known.set(id, value);
    return value;
  };
}

/** A synset and all above it, each with the fewest steps that lead there. */
export function stepsUp(taxonomy: Taxonomy, id: string): ReadonlyMap<string, number> {
  const steps = new Map([[id, 0]]);
  // Breadth first, so that the first way to a synset is a shortest one; a Map goes on to what is added on the way.
  for (const [below, count] of steps) {
    for (const parent of taxonomy.parents(below)) if (!steps.has(parent)) steps.set(parent, count + 1);
  }
  return steps;
}

/**
 * The similarity of Wu and Palmer (1994) as NLTK computes it: twice the depth of the lowest common hypernym over the
 * sum of both synsets' depths by way of it, depths counting the root as 1. Lowest is that with the longest of shortest
 * ways to the root, whose depth is then its longest way's. From just above 0 to 1; 0 without a common hypernym, and
 * null where several are lowest and give different numbers: then it hangs on how they are called.
 */
export function wuPalmer(taxonomy: Taxonomy, a: string, b: string): number | null {
  const [fromA, fromB] = [stepsUp(taxonomy, a), stepsUp(taxonomy, b)];
  const common = [...fromA.keys()].filter((id) => fromB.has(id));
  if (common.length === 0) return 0;
  const lowest = Math.max(...common.map((id) => taxonomy.depths(id).shortest));
  const values = common.flatMap((id) => {
    const { shortest, longest } = taxonomy.depths(id);
    if (shortest < lowest) return [];
    const up = stepsUp(taxonomy, id);
    return [(2 * (longest + 1)) / (distance(fromA, up) + distance(fromB, up) + 2 * (longest + 1))];
  });
  return values.every((value) => value === values[0]) ? values[0]! : null;
}

/** Fewest steps between two synsets by way of anything above both: some hypernyms stand above one another. */
function distance(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let fewest = Infinity;
  for (const [id, steps] of a) fewest = Math.min(fewest, steps + (b.get(id) ?? Infinity));
  return fewest;
}
