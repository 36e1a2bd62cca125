import { pearson, spearman } from '../correlation.ts';
import { hashText, shuffleBy } from '../hash.ts';
import { PEARSON, SPEARMAN } from '../metrics.ts';
import { TEST_EXAMPLES, textKey } from '../split.ts';
import type { RegressionExample, RegressionTask, SourceFiles } from '../task.ts';
import { synsetsOf, type Synset } from './synset.ts';
import { taxonomyOf, wuPalmer, type Taxonomy } from './taxonomy.ts';
import { topic } from './topic.ts';

/** As in STS-B, so that what suits one task suits the other. */
const MOST_ALIKE = 5;

/**
 * Two noun definitions -> how near the nouns stand to each other in WordNet, by Wu and Palmer's similarity times 5.
 * Test definitions are those of wordnet-topic, which pre-training never sees anyway. Partners are chosen among a
 * thousand nouns in both splits: among more there would be nearer ones, and the splits would differ in their targets.
 */
function examples(files: SourceFiles) {
  const nouns = synsetsOf(files, 'data.noun');
  const taxonomy = taxonomyOf(nouns);
  const heldOut = new Set(topic.examples(files).test.map(({ text }) => textKey(text)));
  const keyed = new Map<string, Synset>();
  for (const noun of nouns) {
    const key = textKey(noun.definition);
    if (!keyed.has(key)) keyed.set(key, noun);
  }
  const shuffled = shuffleBy([...keyed], ([key]) => key);
  const part = (wanted: boolean) => shuffled.flatMap(([key, noun]) => (heldOut.has(key) === wanted ? [noun] : []));
  return {
    train: groupsOf(part(false)).flatMap((group) => pairsAmong(group, taxonomy)),
    test: groupsOf(part(true)).flatMap((group) => pairsAmong(group, taxonomy)),
  };
}

function groupsOf(nouns: readonly Synset[]): (readonly Synset[])[] {
  const count = Math.ceil(nouns.length / TEST_EXAMPLES);
  return Array.from({ length: count }, (_, index) => nouns.slice(index * TEST_EXAMPLES, (index + 1) * TEST_EXAMPLES));
}

/** Every noun with another one, no two of them twice. */
function pairsAmong(nouns: readonly Synset[], taxonomy: Taxonomy): RegressionExample[] {
  const lines = new Map(nouns.map((noun) => [noun, lineUp(noun.id, taxonomy)]));
  const under = new Map<string, Synset[]>();
  for (const [noun, line] of lines) {
    for (const id of line) {
      const known = under.get(id);
      if (known === undefined) under.set(id, [noun]);
      else known.push(noun);
    }
  }
  const seen = new Set<string>();
  return [...lines].flatMap(([noun, line]) => {
    const other = partnerOf(noun, line, under);
    const similarity = other === null ? null : wuPalmer(taxonomy, noun.id, other.id);
    if (other === null || similarity === null) return [];
    const name = [noun.id, other.id].sort().join(' ');
    if (seen.has(name)) return [];
    seen.add(name);
    return [{ text: noun.definition, pair: other.definition, target: MOST_ALIKE * similarity }];
  });
}

/** A noun, what it is a kind of first and foremost, and so on up to the root. */
function lineUp(id: string, taxonomy: Taxonomy): string[] {
  const [parent] = taxonomy.parents(id);
  return parent === undefined ? [id] : [id, ...lineUp(parent, taxonomy)];
}

/** Drawn from those below a kind that is drawn from the noun's line, so that near and far ones are about as frequent. */
function partnerOf(noun: Synset, line: readonly string[], under: ReadonlyMap<string, readonly Synset[]>) {
  const drawn = hashText(`${noun.id}/partner`);
  for (const id of line.slice(hashText(`${noun.id}/kind`) % line.length)) {
    const below = under.get(id) ?? [];
    if (below.length < 2) continue;
    const other = below[drawn % (below.length - 1)]!;
    // The last one stands in for the noun itself.
    return other === noun ? below.at(-1)! : other;
  }
  return null;
}

export const similarity: RegressionTask = {
  name: 'wordnet-similarity',
  kind: 'regression',
  summary: 'two noun definitions -> how near do the nouns stand in WordNet, from 0 to 5?',
  version: 1,
  data: 'wordnet',
  files: ['data.noun'],
  metrics: [PEARSON, SPEARMAN].map((metric) => ({ ...metric, counts: true })),
  baselines: [
    { name: 'overlap', metric: 'pearson', value: 0.22, source: 'bench/baselines.js' },
    { name: 'topics', metric: 'pearson', value: 0.577, source: 'bench/baselines.js' },
  ],
  heldOutWith: topic.name,
  examples,
  score(predictions, scored) {
    const targets = scored.map(({ target }) => target);
    return { pearson: pearson(predictions, targets), spearman: spearman(predictions, targets) };
  },
  texts: ({ text, pair = '' }) => [text, pair],
};
