import { badLineWarnings, sourceOf } from '../source.ts';
import type { SourceFile, UnlabelledSet } from '../task.ts';
import { readRows, type Columns } from './rows.ts';

/** A test set and what the leaderboard calls its predictions. */
export interface TestSet {
  readonly output: string;
  readonly file: SourceFile;
}

/**
 * A test set of GLUE: the task's columns without the label, after a line that names them (CoLA's files with labels have
 * no such line). An example goes by the file's own index, or by its place where the file has none.
 */
export const unlabelledSet = (
  { output, file }: TestSet,
  { text, pair }: Columns,
  written: UnlabelledSet['written'],
): UnlabelledSet => ({
  output,
  file,
  written,
  examples(files) {
    const source = sourceOf(files, file, output);
    const { rows, bad, lines } = readRows(source, pair === undefined ? { text } : { text, pair }, null);
    return {
      examples: rows.map((row, place) => ({
        ...{ index: row.index ?? String(place), text: row.text },
        ...(row.pair === null ? {} : { pair: row.pair }),
      })),
      warnings: badLineWarnings(source.name, bad, lines),
    };
  },
});
