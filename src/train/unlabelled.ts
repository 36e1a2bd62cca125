import { createHash } from 'node:crypto';
import { UserError } from '../errors.ts';
import type { DataFolders } from '../run/task-files.ts';
import { handedIn } from '../tasks/predictions.ts';
import type {
  ClassificationTask,
  PredictionFile,
  RegressionTask,
  Task,
  UnlabelledExample,
  UnlabelledSet,
} from '../tasks/task.ts';
import { encodePairs } from '../text/encode.ts';
import { loadUnlabelled } from '../text/task-data.ts';
import { sequenceAnswers } from './sequence-task.ts';
import { takeRows } from './task-batches.ts';
import { sequenceColumns, type Asked, type Encoding } from './task-model.ts';

/** A set without labels, ready for the model. */
export interface AskedSet extends Asked {
  /** What the benchmark takes, from the outputs of all examples. */
  readonly file: (outputs: Float32Array) => PredictionFile;
}

export interface AskedSets {
  readonly sets: readonly AskedSet[];
  readonly missing: readonly { readonly file: string; readonly why: string }[];
  readonly warnings: readonly string[];
}

/**
 * What a benchmark wants predicted of a task. A set whose file is missing or cannot be read is told of as missing: it is
 * no reason to lose the training.
 */
export async function askedSets(task: Task, folders: DataFolders, encoding: Encoding): Promise<AskedSets> {
  if (task.kind === 'span') return { sets: [], missing: [], warnings: [] };
  const loaded = await Promise.all((task.unlabelled ?? []).map((set) => load(task, set, folders)));
  const found = loaded.filter((one) => one.why === null);
  return {
    sets: found.map(({ set, examples }) => askedSet(task, set, examples, encoding)),
    missing: loaded.flatMap(({ set, why }) => (why === null ? [] : [{ file: set.output, why }])),
    warnings: found.flatMap(({ warnings }) => warnings),
  };
}

async function load(task: ClassificationTask | RegressionTask, set: UnlabelledSet, folders: DataFolders) {
  try {
    return { set, ...(await loadUnlabelled(task, set, folders)), why: null };
  } catch (error) {
    if (error instanceof UserError) return { set, examples: [], warnings: [], why: error.message };
    throw error;
  }
}

/** Its texts become numbers batch by batch: a set of GLUE may have more of them than the training set. */
const askedSet = (
  task: ClassificationTask | RegressionTask,
  set: UnlabelledSet,
  examples: readonly UnlabelledExample[],
  { tokenizer, length }: Encoding,
): AskedSet => ({
  key: digestOf(examples),
  count: examples.length,
  async feeds(rows) {
    const encoded = await encodePairs(
      tokenizer,
      rows.map((row) => examples[row]!),
      length,
    );
    return takeRows(sequenceColumns(encoded), [...rows.keys()]);
  },
  file: (outputs) => handedIn(set, examples, sequenceAnswers(task, outputs)),
});

function digestOf(examples: readonly UnlabelledExample[]): string {
  const hash = createHash('sha256');
  for (const example of examples) hash.update(`${JSON.stringify(example)}\n`);
  return hash.digest('hex').slice(0, 16);
}
