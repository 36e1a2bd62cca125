import { UserError } from '../../errors.ts';
import { EXACT_MATCH, F1 } from '../metrics.ts';
import { bestThreshold, exactMatch, exactMatches, spanF1, spanF1s } from '../span-metrics.ts';
import { shuffled, sourceOf } from '../source.ts';
import type { MetricInfo, SourceFile, SourceFiles, SpanExample, SpanTask, Splits } from '../task.ts';
import { squadFiles } from './predictions.ts';
import { readQuestions, type Question } from './questions.ts';

/** A split's official file, the same a question a line, and the hub's copy in its folder. */
const split = (version: string, hub: string, own: string, hubs: string): SourceFile => [
  `${own}-v${version}.json`,
  `${own}-v${version}.jsonl`,
  `${hub}/${hubs}-00000-of-00001.parquet`,
];

interface Version {
  readonly task: string;
  readonly train: SourceFile;
  readonly dev: SourceFile;
  /** Whether there are questions that the passage does not answer. */
  readonly unanswerable: boolean;
}

function examples(files: SourceFiles, { task, train, dev, unanswerable }: Version): Splits<SpanExample> {
  const [learned, asked] = [train, dev].map((file) => {
    const source = sourceOf(files, file, task);
    const questions = readQuestions(source);
    const all = questions.map(exampleOf);
    const usable = all.filter(({ answers }) => unanswerable || answers.length > 0);
    if (usable.length === 0) throw noQuestions(source.name, questions.length);
    if (file === dev) checkIds(source.name, questions);
    return { ...source, all, usable };
  });
  // What is asked is scored by its texts, wherever they stand; what is learned must stand where it is said to.
  const placed = learned!.usable.filter(({ answers, start }) => answers.length === 0 || start !== -1);
  return {
    train: shuffled(placed),
    test: asked!.usable,
    warnings: [...leftOut(learned!.name, learned!.all, placed), ...leftOut(asked!.name, asked!.all, asked!.usable)],
  };
}

/** What is answered is told apart by its id, in the official script as in files of predictions. */
function checkIds(name: string, questions: readonly Question[]): void {
  const seen = new Set<string>();
  for (const { id } of questions) {
    if (seen.has(id)) {
      throw new UserError(
        `${name} must have one question of every id, got two of ${JSON.stringify(id.slice(0, 40))}`,
        'Answers are scored by id.',
      );
    }
    seen.add(id);
  }
}

function leftOut(name: string, all: readonly SpanExample[], kept: readonly SpanExample[]): string[] {
  const used = new Set(kept);
  const first = all.find((example) => !used.has(example));
  if (first === undefined) return [];
  const count = `${all.length - kept.length} of ${all.length}`;
  const id = JSON.stringify(first.id?.slice(0, 40));
  return [`${name}: ${count} questions left out, without an answer that stands where it says, the first ${id}`];
}

const noQuestions = (name: string, count: number): UserError =>
  new UserError(
    `${name} must hold questions with answers, got ${count === 0 ? 'no questions' : 'none that is answered'}`,
    'squad-2.0 is the task with questions that have no answer.',
  );

function exampleOf({ id, question, passage, answers }: Question): SpanExample {
  const texts = answers.map(({ text }) => text);
  const [first] = answers;
  const start = first === undefined ? -1 : codeUnit(passage, first.start);
  const stands = first !== undefined && first.text !== '' && start >= 0 && passage.startsWith(first.text, start);
  const place = stands ? { start, end: start + first.text.length } : { start: -1, end: -1 };
  return { id, question, passage, ...place, answers: texts };
}

/**
 * A place counted in code points as one counted in UTF-16 code units, which JavaScript slices by. The text's end for one
 * beyond it.
 */
function codeUnit(text: string, codePoint: number): number {
  if (codePoint < 0 || !/[\ud800-\udbff]/.test(text)) return codePoint;
  let unit = 0;
  for (let point = 0; point < codePoint && unit < text.length; point += 1)
    unit += text.codePointAt(unit)! > 0xffff ? 2 : 1;
  return unit;
}

const about = {
  kind: 'span',
  version: 2,
  data: 'squad',
  baselines: [],
  long: 'windows',
  texts: ({ question, passage }: SpanExample) => [question, passage],
} as const;

const V1: Version = {
  task: 'squad-1.1',
  train: split('1.1', 'plain_text', 'train', 'train'),
  dev: split('1.1', 'plain_text', 'dev', 'validation'),
  unanswerable: false,
};

const squad11: SpanTask = {
  ...about,
  name: V1.task,
  summary: 'a question and a passage of Wikipedia -> the words that answer it',
  files: [V1.train, V1.dev],
  metrics: [EXACT_MATCH, F1],
  examples: (files) => examples(files, V1),
  predictionFiles: (predictions, scored) => squadFiles(V1, predictions, scored),
  score(predictions, scored) {
    const texts = predictions.map(({ text }) => text);
    return { exact_match: exactMatch(texts, scored), f1: spanF1(texts, scored) };
  },
};

const V2: Version = {
  task: 'squad-2.0',
  train: split('2.0', 'squad_v2', 'train', 'train'),
  dev: split('2.0', 'squad_v2', 'dev', 'validation'),
  unanswerable: true,
};
const BEST_EXACT: MetricInfo = { name: 'best_exact_match', higherIsBetter: true };
const BEST_F1: MetricInfo = { name: 'best_f1', higherIsBetter: true };

/**
 * Exact match and F1 where nothing is answered that scores below "no answer", and what they come to at the threshold
 * that suits each of them best on these very examples, as the official script has it (best_exact, best_f1).
 */
const squad20: SpanTask = {
  ...about,
  name: V2.task,
  summary: 'a question and a passage of Wikipedia -> the words that answer it, or that none do',
  files: [V2.train, V2.dev],
  metrics: [EXACT_MATCH, F1, BEST_EXACT, BEST_F1],
  unanswerable: V2.unanswerable,
  examples: (files) => examples(files, V2),
  predictionFiles: (predictions, scored) => squadFiles(V2, predictions, scored),
  score(predictions, scored) {
    const answered = predictions.map(({ text, noAnswer }) => (noAnswer > 0 ? '' : text));
    const texts = predictions.map(({ text }) => text);
    return {
      exact_match: exactMatch(answered, scored),
      f1: spanF1(answered, scored),
      best_exact_match: bestThreshold(predictions, exactMatches(texts, scored), scored).mean,
      best_f1: bestThreshold(predictions, spanF1s(texts, scored), scored).mean,
    };
  },
};

/** SQuAD (Rajpurkar et al. 2016, 2018), scored on the development set: the test sets are not public. */
export const squad = [squad11, squad20] as const;
