import { ACCURACY, MATTHEWS } from '../metrics.ts';
import type { ClassificationExample, ClassificationTask, MetricInfo } from '../task.ts';
import { filesOf, glueExamples, type Dialect } from './examples.ts';
import { devFiles, DIAGNOSTIC_FILE, testFile, trainFile } from './files.ts';
import type { Row } from './rows.ts';
import { counting, inAccuracy, inF1AndAccuracy, inMatthews, inPart, type Scores } from './scores.ts';
import { stsb } from './stsb.ts';
import { unlabelledSet, type TestSet } from './unlabelled.ts';

/** What tells one classification task of GLUE from another. */
interface GlueClasses extends Omit<Dialect<ClassificationExample>, 'example' | 'task'> {
  readonly name: string;
  readonly summary: string;
  /** In the order in which files number them. */
  readonly labels: readonly string[];
  /** What the leaderboard scores; it wants labels by name, or by their place in `labels`. */
  readonly test?: readonly TestSet[];
  readonly named?: true;
  readonly metrics: readonly MetricInfo[];
  readonly score: (predictions: readonly number[], examples: readonly ClassificationExample[]) => Scores;
}

/** A label is a name or, where files number them, its place. */
const labelIndex = (labels: readonly string[], written: string): number =>
  /^\d+$/.test(written) ? (Number(written) < labels.length ? Number(written) : -1) : labels.indexOf(written);

function classes({ name, summary, labels, test, named, metrics, score, ...files }: GlueClasses): ClassificationTask {
  const written = (label: number): string => (named ? labels[label]! : String(label));
  const example = ({ text, pair, label: written }: Row, part: string | undefined): ClassificationExample | null => {
    const label = labelIndex(labels, written);
    if (label === -1) return null;
    return { text, ...(pair === null ? {} : { pair }), label, ...(part === undefined ? {} : { part }) };
  };
  return {
    ...{ name, kind: 'classification', summary, version: 1, data: 'glue', files: filesOf(files) },
    ...{ labels, metrics, baselines: [], score },
    ...(test === undefined ? {} : { unlabelled: test.map((set) => unlabelledSet(set, files.columns, written)) }),
    examples: (sources) => glueExamples(sources, { task: name, ...files, example }),
    texts: ({ text, pair }) => (pair === undefined ? [text] : [text, pair]),
  };
}

const SENTENCE = { text: ['sentence', 'text'], label: ['label'] };
const SENTENCES = { text: ['sentence1', 'text1'], pair: ['sentence2', 'text2'], label: ['label'] };

const cola = classes({
  name: 'glue-cola',
  summary: 'a sentence -> is it acceptable English?',
  labels: ['unacceptable', 'acceptable'],
  train: trainFile('CoLA', 'cola'),
  dev: devFiles('CoLA', 'cola'),
  test: [{ output: 'CoLA.tsv', file: testFile('CoLA', 'cola') }],
  columns: SENTENCE,
  header: ['source', 'label', 'star', 'sentence'],
  ...inMatthews(MATTHEWS),
});

const sst2 = classes({
  name: 'glue-sst2',
  summary: 'a phrase of a film review -> does it praise?',
  labels: ['negative', 'positive'],
  train: trainFile('SST-2', 'sst2'),
  dev: devFiles('SST-2', 'sst2'),
  test: [{ output: 'SST-2.tsv', file: testFile('SST-2', 'sst2') }],
  columns: SENTENCE,
  ...inAccuracy,
});

const mrpc = classes({
  name: 'glue-mrpc',
  summary: 'two sentences of the news -> do they say the same?',
  labels: ['not_equivalent', 'equivalent'],
  train: trainFile('MRPC', 'mrpc'),
  dev: devFiles('MRPC', 'mrpc'),
  test: [{ output: 'MRPC.tsv', file: testFile('MRPC', 'mrpc') }],
  columns: {
    text: ['#1 String', ...SENTENCES.text],
    pair: ['#2 String', ...SENTENCES.pair],
    label: ['Quality', 'label'],
  },
  ...inF1AndAccuracy,
});

const qqp = classes({
  name: 'glue-qqp',
  summary: 'two questions -> are they the same?',
  labels: ['not_duplicate', 'duplicate'],
  train: trainFile('QQP', 'qqp'),
  dev: devFiles('QQP', 'qqp'),
  test: [{ output: 'QQP.tsv', file: testFile('QQP', 'qqp') }],
  columns: { text: ['question1', 'text1'], pair: ['question2', 'text2'], label: ['is_duplicate', 'label'] },
  ...inF1AndAccuracy,
});

const ENTAILMENT = {
  labels: ['entailment', 'neutral', 'contradiction'],
  train: trainFile('MNLI', 'mnli'),
  columns: {
    text: ['sentence1', 'premise', 'Premise', 'text1'],
    pair: ['sentence2', 'hypothesis', 'Hypothesis', 'text2'],
    label: ['gold_label', 'label', 'Label'],
  },
};
const mnli = classes({
  name: 'glue-mnli',
  summary:
    'premise and hypothesis -> entailed, neutral or contradicted; accuracy in genres seen in training (m) and not (mm)',
  ...ENTAILMENT,
  dev: [
    ...devFiles('MNLI', 'mnli', '_matched').map((file) => ({ ...file, part: 'm' })),
    ...devFiles('MNLI', 'mnli', '_mismatched').map((file) => ({ ...file, part: 'mm' })),
  ],
  test: [
    { output: 'MNLI-m.tsv', file: testFile('MNLI', 'mnli', '_matched') },
    { output: 'MNLI-mm.tsv', file: testFile('MNLI', 'mnli', '_mismatched') },
    { output: 'AX.tsv', file: DIAGNOSTIC_FILE },
  ],
  named: true,
  metrics: [counting({ ...ACCURACY, name: 'accuracy_m' }), counting({ ...ACCURACY, name: 'accuracy_mm' })],
  score: (predictions, examples) => ({
    accuracy_m: inPart('m', predictions, examples),
    accuracy_mm: inPart('mm', predictions, examples),
  }),
});

const ax = classes({
  name: 'glue-ax',
  summary: "MNLI's question asked of GLUE's diagnostic set, after training on MNLI; not part of the average",
  ...ENTAILMENT,
  dev: [{ file: ['AX/diagnostic-full.tsv', 'diagnostic/diagnostic-full.tsv'] }],
  ...inMatthews({ ...MATTHEWS, counts: false }),
});

const qnli = classes({
  name: 'glue-qnli',
  summary: 'a question and a sentence -> does it hold the answer?',
  labels: ['entailment', 'not_entailment'],
  train: trainFile('QNLI', 'qnli'),
  dev: devFiles('QNLI', 'qnli'),
  test: [{ output: 'QNLI.tsv', file: testFile('QNLI', 'qnli') }],
  named: true,
  columns: { text: ['question', 'text1'], pair: ['sentence', 'text2'], label: ['label'] },
  ...inAccuracy,
});

const rte = classes({
  name: 'glue-rte',
  summary: 'premise and hypothesis -> is it entailed?',
  labels: ['entailment', 'not_entailment'],
  train: trainFile('RTE', 'rte'),
  dev: devFiles('RTE', 'rte'),
  test: [{ output: 'RTE.tsv', file: testFile('RTE', 'rte') }],
  named: true,
  columns: SENTENCES,
  ...inAccuracy,
});

const wnli = classes({
  name: 'glue-wnli',
  summary: 'a sentence with a pronoun, and the same with a noun for it -> is it that noun?',
  labels: ['not_entailment', 'entailment'],
  train: trainFile('WNLI', 'wnli'),
  dev: devFiles('WNLI', 'wnli'),
  test: [{ output: 'WNLI.tsv', file: testFile('WNLI', 'wnli') }],
  columns: SENTENCES,
  ...inAccuracy,
});

/** GLUE (Wang et al. 2019): its nine tasks and the diagnostic set, in the benchmark's order. */
export const glue = [cola, sst2, mrpc, stsb, qqp, mnli, qnli, rte, wnli, ax] as const;
