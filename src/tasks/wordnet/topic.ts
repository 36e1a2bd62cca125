import { ACCURACY, accuracy, MACRO_F1, macroF1 } from '../metrics.ts';
import { splitExamples, textKey } from '../split.ts';
import type { ClassificationExample, ClassificationTask, SourceFiles } from '../task.ts';
import { synsetsOf } from './synset.ts';

/** The lexicographers' noun files 04 to 28, in order; 03 holds only the tops of the hierarchies. */
const FIRST_FILE = 4;
const TOPICS = [
  ...['act', 'animal', 'artifact', 'attribute', 'body', 'cognition', 'communication', 'event', 'feeling', 'food'],
  ...['group', 'location', 'motive', 'object', 'person', 'phenomenon', 'plant', 'possession', 'process', 'quantity'],
  ...['relation', 'shape', 'state', 'substance', 'time'],
];

/** A noun's definition -> the file in which lexicographers filed it. Definitions that occur twice are taken once. */
function examples(files: SourceFiles) {
  const byDefinition = new Map<string, ClassificationExample>();
  for (const { file, definition } of synsetsOf(files, 'data.noun')) {
    const label = file - FIRST_FILE;
    const key = textKey(definition);
    if (label >= 0 && !byDefinition.has(key)) byDefinition.set(key, { text: definition, label });
  }
  return splitExamples([...byDefinition.values()], ({ text }) => text, texts);
}

const texts = ({ text }: ClassificationExample): readonly string[] => [text];

export const topic: ClassificationTask = {
  name: 'wordnet-topic',
  kind: 'classification',
  summary: "a noun definition -> one of 25 topics, the files of WordNet's lexicographers",
  version: 1,
  data: 'wordnet',
  files: ['data.noun'],
  labels: TOPICS,
  metrics: [ACCURACY, MACRO_F1],
  baselines: [
    { name: 'majority', metric: 'accuracy', value: 0.128, source: 'bench/baselines.js' },
    { name: 'naive Bayes', metric: 'accuracy', value: 0.727, source: 'bench/baselines.js' },
  ],
  examples,
  score(predictions, scored) {
    const labels = scored.map(({ label }) => label);
    return { accuracy: accuracy(predictions, labels), macro_f1: macroF1(predictions, labels) };
  },
  texts,
};
