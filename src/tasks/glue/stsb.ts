import { pearson, spearman } from '../correlation.ts';
import { PEARSON, SPEARMAN } from '../metrics.ts';
import type { RegressionTask } from '../task.ts';
import { filesOf, glueExamples, type Dialect } from './examples.ts';
import { devFiles, testFile, trainFile } from './files.ts';
import { unlabelledSet } from './unlabelled.ts';

const SIMILARITY: Omit<Dialect<{ text: string; pair: string; target: number }>, 'task'> = {
  train: trainFile('STS-B', 'stsb'),
  dev: devFiles('STS-B', 'stsb'),
  columns: { text: ['sentence1', 'text1'], pair: ['sentence2', 'text2'], label: ['score', 'label'] },
  example: ({ text, pair, label }) => {
    const target = label.trim() === '' ? Number.NaN : Number(label);
    return target >= 0 && target <= 5 ? { text, pair: pair!, target } : null;
  },
};

const TEST = { output: 'STS-B.tsv', file: testFile('STS-B', 'stsb') };
/** Similarities lie between 0 and 5, whatever a model says. */
const written = (similarity: number): string => Math.min(5, Math.max(0, similarity)).toFixed(3);

/** STS-B: how alike two sentences are. */
export const stsb: RegressionTask = {
  ...{ name: 'glue-stsb', kind: 'regression', summary: 'two sentences -> how alike are they, from 0 to 5?' },
  ...{ version: 1, data: 'glue', files: filesOf(SIMILARITY), baselines: [] },
  unlabelled: [unlabelledSet(TEST, SIMILARITY.columns, written)],
  metrics: [PEARSON, SPEARMAN].map((metric) => ({ ...metric, counts: true })),
  examples: (sources) => glueExamples(sources, { task: 'glue-stsb', ...SIMILARITY }),
  score(predictions, scored) {
    const targets = scored.map(({ target }) => target);
    return { pearson: pearson(predictions, targets), spearman: spearman(predictions, targets) };
  },
  texts: ({ text, pair = '' }) => [text, pair],
};
