import { hashText, shuffleBy } from '../hash.ts';
import { ACCURACY, accuracy, MACRO_F1, macroF1 } from '../metrics.ts';
import { splitExamples, TEST_EXAMPLES, textKey } from '../split.ts';
import type { ClassificationExample, ClassificationTask, SourceFiles } from '../task.ts';
import { pointersOf, synsetsOf, type Synset } from './synset.ts';

const FILES = ['data.noun', 'data.verb'];
const ENTAILS = 0;
const NEUTRAL = 1;
const CONTRADICTS = 2;

interface Triple {
  readonly group: string;
  readonly examples: readonly ClassificationExample[];
}

/**
 * Two definitions, premise and hypothesis: a kind and its hypernym (entailment), its co-hyponym (neutral) or its
 * antonym (contradiction). Every premise comes once with each, so that the premise alone tells nothing; parts of speech
 * without hypernyms would, and stay out.
 */
function examples(files: SourceFiles) {
  const triples = FILES.flatMap((file) => {
    const synsets = synsetsOf(files, file);
    const byId = new Map(synsets.map((synset) => [synset.id, synset]));
    return synsets.flatMap((synset) => tripleOf(synset, byId));
  });
  const size = Math.floor(TEST_EXAMPLES / 3);
  const split = splitExamples(
    triples,
    ({ group }) => group,
    (triple) => triple.examples.flatMap(texts),
    size,
  );
  const train = split.train.flatMap((triple) => triple.examples);
  return {
    train: shuffleBy(train, (example) => texts(example).join('\n')),
    test: split.test.flatMap((triple) => triple.examples),
  };
}

function tripleOf(premise: Synset, byId: ReadonlyMap<string, Synset>): Triple[] {
  const related = (synset: Synset, symbol: string): Synset[] =>
    pointersOf(synset).flatMap((pointer) => (pointer.symbol === symbol ? (byId.get(pointer.target) ?? []) : []));
  const antonyms = related(premise, '!');
  const [antonym] = antonyms;
  const [hypernym] = antonym === undefined ? [] : related(premise, '@');
  if (hypernym === undefined || antonym === undefined) return [];
  const sisters = related(hypernym, '~').filter((other) => other !== premise && !antonyms.includes(other));
  const sister = sisters[hashText(premise.id) % sisters.length];
  if (sister === undefined) return [];
  const text = premise.definition;
  const pairs = [
    { text, pair: hypernym.definition, label: ENTAILS },
    { text, pair: sister.definition, label: NEUTRAL },
    { text, pair: antonym.definition, label: CONTRADICTS },
  ];
  const different = new Set([text, ...pairs.map(({ pair }) => pair)].map(textKey)).size === 4;
  // Two antonyms are each other's hypothesis, so they go to the same split.
  return different ? [{ group: [premise.id, antonym.id].sort().join(' '), examples: pairs }] : [];
}

const texts = ({ text, pair = '' }: ClassificationExample): readonly string[] => [text, pair];

export const entailment: ClassificationTask = {
  name: 'wordnet-entailment',
  kind: 'classification',
  summary: 'two definitions -> does the first entail, not decide or contradict the second?',
  version: 1,
  data: 'wordnet',
  files: FILES,
  labels: ['entailment', 'neutral', 'contradiction'],
  metrics: [ACCURACY, MACRO_F1],
  baselines: [
    { name: 'majority', metric: 'accuracy', value: 0.333, source: 'bench/baselines.js' },
    { name: 'naive Bayes', metric: 'accuracy', value: 0.433, source: 'bench/baselines.js' },
  ],
  examples,
  score(predictions, scored) {
    const labels = scored.map(({ label }) => label);
    return { accuracy: accuracy(predictions, labels), macro_f1: macroF1(predictions, labels) };
  },
  texts,
};
