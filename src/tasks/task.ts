/** A number that says how good predictions are. */
export interface MetricInfo {
  readonly name: string;
  readonly higherIsBetter: boolean;
}

/** One or two texts with a class. */
export interface ClassificationExample {
  readonly text: string;
  readonly pair?: string;
  /** Index into the task's labels. */
  readonly label: number;
}

/** One or two texts with a number. */
export interface RegressionExample {
  readonly text: string;
  readonly pair?: string;
  readonly target: number;
}

/** A question and a passage; the answer is passage.slice(start, end), in UTF-16 code units. */
export interface SpanExample {
  readonly question: string;
  readonly passage: string;
  readonly start: number;
  readonly end: number;
  /** Every text that counts as right. */
  readonly answers: readonly string[];
}

export interface Splits<Example> {
  readonly train: readonly Example[];
  readonly test: readonly Example[];
}

/** Texts of a task's source files by name. */
export type SourceFiles = ReadonlyMap<string, string>;

/** A score to hold a model's against, with where it comes from. */
export interface Baseline {
  readonly name: string;
  readonly metric: string;
  readonly value: number;
  readonly source: string;
}

interface TaskBase<Kind extends string, Example, Prediction> {
  readonly name: string;
  readonly kind: Kind;
  readonly summary: string;
  /** Bump when scores stop being comparable with those already in results/. */
  readonly version: number;
  /** The shipped data set whose files `examples` reads. */
  readonly data: 'wordnet';
  readonly files: readonly string[];
  /** The first is the one that counts in the score. */
  readonly metrics: readonly MetricInfo[];
  readonly baselines: readonly Baseline[];
  /** Pure: the same files give the same examples in the same order. */
  examples(files: SourceFiles): Splits<Example>;
  /** Every metric by name, for predictions in the examples' order. */
  score(predictions: readonly Prediction[], examples: readonly Example[]): Readonly<Record<string, number>>;
  /** Every text of an example, so that test text can be kept out of pre-training. */
  texts(example: Example): readonly string[];
}

/** Predictions are label indices. */
export type ClassificationTask = TaskBase<'classification', ClassificationExample, number> & {
  readonly labels: readonly string[];
};
/** Predictions are numbers. */
export type RegressionTask = TaskBase<'regression', RegressionExample, number>;
/** Predictions are texts of the passage. */
export type SpanTask = TaskBase<'span', SpanExample, string>;

export type Task = ClassificationTask | RegressionTask | SpanTask;
