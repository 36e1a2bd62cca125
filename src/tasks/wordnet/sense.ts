import { ACCURACY, accuracy, F1, f1 } from '../metrics.ts';
import { splitExamples } from '../split.ts';
import type { ClassificationExample, ClassificationTask, SourceFiles } from '../task.ts';
import { synsetsOf, type Synset } from './synset.ts';
import { findUse } from './usage.ts';

const FILES = ['data.noun', 'data.verb', 'data.adj', 'data.adv'];
const DIFFERENT = 0;
const SAME = 1;

interface Sense {
  readonly word: string;
  readonly definition: string;
  readonly example: string;
}

/**
 * A sentence with a word, and a definition of the word -> is that the sense in the sentence? Only senses with a
 * sentence of their own take part, with one sentence each, and every definition comes once right and once wrong, so
 * that neither text gives the answer away alone.
 */
function examples(files: SourceFiles) {
  const pairs = FILES.flatMap((file) => [...sensesByWord(synsetsOf(files, file)).values()]).flatMap(pairsOf);
  const { train, test } = splitExamples(
    pairs,
    ({ word }) => word.toLowerCase(),
    ({ example }) => texts(example),
  );
  return { train: train.map(({ example }) => example), test: test.map(({ example }) => example) };
}

function sensesByWord(synsets: readonly Synset[]): Map<string, Sense[]> {
  const senses = new Map<string, Sense[]>();
  for (const { words, definition, examples: sentences } of synsets) {
    for (const word of words) {
      const example = sentences.find((sentence) => findUse(sentence, word) !== null);
      if (example === undefined) continue;
      senses.set(word, [...(senses.get(word) ?? []), { word, definition, example }]);
    }
  }
  return senses;
}

function pairsOf(senses: readonly Sense[]): { word: string; example: ClassificationExample }[] {
  if (senses.length < 2) return [];
  return senses.flatMap(({ word, example, definition }, index) => {
    const other = senses[(index + 1) % senses.length]!;
    return [
      { word, example: { text: example, pair: pairText(word, definition), label: SAME } },
      { word, example: { text: example, pair: pairText(word, other.definition), label: DIFFERENT } },
    ];
  });
}

const pairText = (word: string, definition: string): string => `${word}: ${definition}`;

/** The definition counts without the word before it: that is how it stands in pre-training text. */
const texts = ({ text, pair = '' }: ClassificationExample): readonly string[] => [
  text,
  pair,
  pair.slice(pair.indexOf(': ') + 2),
];

export const sense: ClassificationTask = {
  name: 'wordnet-sense',
  kind: 'classification',
  summary: 'a sentence and a definition of a word in it -> is it used in this sense?',
  version: 1,
  data: 'wordnet',
  files: FILES,
  labels: ['different', 'same'],
  metrics: [ACCURACY, F1],
  baselines: [
    { name: 'majority', metric: 'accuracy', value: 0.5, source: 'bench/baselines.js' },
    { name: 'naive Bayes', metric: 'accuracy', value: 0.505, source: 'bench/baselines.js' },
  ],
  examples,
  score(predictions, scored) {
    const labels = scored.map(({ label }) => label);
    return { accuracy: accuracy(predictions, labels), f1: f1(predictions, labels, SAME) };
  },
  texts,
};
