/** A number that says how good predictions are. */
export interface MetricInfo {
  readonly name: string;
  readonly higherIsBetter: boolean;
  /** Whether it is part of the task's share in the score; if not given, a task's first metric is, and no other. */
  readonly counts?: boolean;
}

/** One or two texts with a class. */
export interface ClassificationExample {
  readonly text: string;
  readonly pair?: string;
  /** Index into the task's labels. */
  readonly label: number;
  /** The part of a test set that has several, each with a score of its own. */
  readonly part?: string;
}

/** One or two texts with a number. */
export interface RegressionExample {
  readonly text: string;
  readonly pair?: string;
  readonly target: number;
}

/**
 * A question and a passage; the answer is passage.slice(start, end), in UTF-16 code units. A question that the passage
 * does not answer has no answers, and -1 for both ends.
 */
export interface SpanExample {
  /** What the data set calls the question, for files of predictions. */
  readonly id?: string;
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
  /** What of the source files could not be used, a line for each file. */
  readonly warnings?: readonly string[];
}

/** Texts of a task's source files by name. */
export type SourceFiles = ReadonlyMap<string, string>;

/** Where examples come from: a shipped data set, or one that the user has (`data.glue`, `data.squad`). */
export type DataSet = 'wordnet' | UserDataSet;
export type UserDataSet = 'glue' | 'squad';

/** An answer that a model thinks possible; the text is empty for "the passage does not say". */
export interface SpanCandidate {
  readonly text: string;
  /** Scores of the first and of the last token. */
  readonly startLogit: number;
  readonly endLogit: number;
  /** Among the candidates of one question. */
  readonly probability: number;
}

/** What a model answers to a question. */
export interface SpanPrediction {
  /** The best text of the passage; empty where there is none. */
  readonly text: string;
  /** How much higher "the passage does not say" scores than the best text. Negative infinity where nobody asks. */
  readonly noAnswer: number;
  /** The best answers, best first, "the passage does not say" among them where it is asked for. */
  readonly candidates?: readonly SpanCandidate[];
}

/** A file of predictions; folders in its name are parted by slashes. */
export interface PredictionFile {
  readonly name: string;
  readonly text: string;
}

/** One or two texts without a label, by the index that a benchmark knows them by. */
export interface UnlabelledExample {
  readonly index: string;
  readonly text: string;
  readonly pair?: string;
}

/** A set without labels, whose predictions are handed in to a benchmark. */
export interface UnlabelledSet {
  /** What the benchmark wants the file of predictions to be called. */
  readonly output: string;
  /** Inside the task's data set, where it may be missing. */
  readonly file: SourceFile;
  /** In the file's order. Pure. Throws a UserError for a file that it cannot read. */
  examples(files: SourceFiles): {
    readonly examples: readonly UnlabelledExample[];
    /** What of the file could not be used, in a line. */
    readonly warnings: readonly string[];
  };
  /** A prediction as the benchmark wants it written. */
  readonly written: (prediction: number) => string;
}

/** A file's name inside its data set, or the names that it may have. */
export type SourceFile = string | readonly string[];

/** The names that a source file may have. */
export const namesOf = (file: SourceFile): readonly string[] => (typeof file === 'string' ? [file] : file);

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
  /** The data set whose files `examples` reads. */
  readonly data: DataSet;
  /** Inside the data set; a list names a file in all the ways that it may be called, of which the first there is read. */
  readonly files: readonly SourceFile[];
  /** The first is the one that counts in the score, unless they say otherwise. */
  readonly metrics: readonly MetricInfo[];
  readonly baselines: readonly Baseline[];
  /**
   * A shipped task among whose test texts all of this one's are, so that they are kept out of pre-training already:
   * adding such a task changes no pre-training text. If not given, the task's test texts are kept out for its sake.
   */
  readonly heldOutWith?: string;
  /** Pure: the same files give the same examples in the same order. Throws a UserError for files it cannot read. */
  examples(files: SourceFiles): Splits<Example>;
  /** Every metric by name, for predictions in the examples' order. */
  score(predictions: readonly Prediction[], examples: readonly Example[]): Readonly<Record<string, number>>;
  /** Every text of an example, so that test text can be kept out of pre-training. */
  texts(example: Example): readonly string[];
}

interface Unlabelled {
  /** What is predicted for a benchmark; where there is nothing, files of predictions are of the test examples. */
  readonly unlabelled?: readonly UnlabelledSet[];
}

/** Predictions are label indices. */
export type ClassificationTask = TaskBase<'classification', ClassificationExample, number> &
  Unlabelled & { readonly labels: readonly string[] };
/** Predictions are numbers. */
export type RegressionTask = TaskBase<'regression', RegressionExample, number> & Unlabelled;
export type SpanTask = TaskBase<'span', SpanExample, SpanPrediction> & {
  /** How a passage that is too long is read: from its beginning only, or all of it in overlapping windows. */
  readonly long: 'cut' | 'windows';
  /** Whether there are questions that the passage does not answer; none if not given. */
  readonly unanswerable?: boolean;
  /** Predictions of the test examples as a benchmark wants them; if not given, they are a table like any other. */
  readonly predictionFiles?: (
    predictions: readonly SpanPrediction[],
    examples: readonly SpanExample[],
  ) => readonly PredictionFile[];
};

export type Task = ClassificationTask | RegressionTask | SpanTask;
