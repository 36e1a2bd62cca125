import { UserError } from '../../errors.ts';
import { badLineWarnings, partOf, shuffled, sourceOf, type BadLine } from '../source.ts';
import type { SourceFile, SourceFiles, Splits } from '../task.ts';
import { readRows, type Columns, type Row } from './rows.ts';

/** How the files of one of GLUE's tasks are written. */
export interface Dialect<Example> {
  readonly task: string;
  readonly train: SourceFile;
  /** The development set, in parts where there are several. */
  readonly dev: readonly { readonly file: SourceFile; readonly part?: string }[];
  readonly columns: Columns;
  /** Names of the columns of files whose first line is an example already. */
  readonly header?: readonly string[];
  /** Null for a label that is none. */
  readonly example: (row: Row, part: string | undefined) => Example | null;
}

/** The files that a dialect reads. */
export const filesOf = ({ train, dev }: Pick<Dialect<unknown>, 'train' | 'dev'>): readonly SourceFile[] => [
  train,
  ...dev.map(({ file }) => file),
];

/**
 * The labelled splits: training examples in a fixed shuffled order, the development set in its own, as the test set
 * (the real test sets have no labels). Lines that cannot be read are left out and told. Throws a UserError where a file
 * is missing or nothing of it can be read.
 */
export function glueExamples<Example>(files: SourceFiles, dialect: Dialect<Example>): Splits<Example> {
  const train = readSplit(files, dialect.train, dialect, undefined);
  const dev = dialect.dev.map(({ file, part }) => readSplit(files, file, dialect, part));
  return {
    train: shuffled(train.examples),
    test: dev.flatMap(({ examples }) => examples),
    warnings: [train, ...dev].flatMap(({ warnings }) => warnings),
  };
}

function readSplit<Example>(
  files: SourceFiles,
  file: SourceFile,
  dialect: Dialect<Example>,
  part: string | undefined,
): { readonly examples: readonly Example[]; readonly warnings: readonly string[] } {
  const source = sourceOf(files, file, dialect.task);
  const { rows, bad, lines } = readRows(source, dialect.columns, dialect.header ?? null);
  const examples: Example[] = [];
  const mislabelled: BadLine[] = [];
  for (const row of rows) {
    const example = dialect.example(row, part);
    if (example === null) mislabelled.push({ line: row.line, why: `label ${JSON.stringify(row.label.slice(0, 40))}` });
    else examples.push(example);
  }
  const all = [...bad, ...mislabelled].sort((a, b) => a.line - b.line);
  if (examples.length === 0) throw nothingRead(source.name, all);
  return { examples, warnings: badLineWarnings(source.name, all, lines) };
}

function nothingRead(name: string, [first]: readonly BadLine[]): UserError {
  const part = partOf(name);
  const why = first === undefined ? `it has no ${part}s` : `${part} ${first.line} has ${first.why}`;
  return new UserError(
    `${name} holds no example that can be read: ${why}`,
    'It must be as GLUE has it, and with labels: the test sets have none.',
  );
}
