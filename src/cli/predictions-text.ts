import { join } from 'node:path';
import { predictionsFolder, readPredictions, type PredictionsMeta } from '../run/predictions.ts';
import type { CellRecord } from '../run/record.ts';

/** Which predictions a benchmark wants and are not there, and of which cells there are none: a line each. */
export async function predictionsText(records: readonly CellRecord[], results: string): Promise<string> {
  const folder = predictionsFolder(results);
  const fineTuned = records.filter(
    ({ cell, result }) => result?.status === 'done' && cell.settings.finetune.tasks.length > 0,
  );
  if (fineTuned.length === 0) return 'growbench: no cell was fine-tuned on a task, so there is nothing to predict\n';
  const read = fineTuned.map(async ({ cell }) => ({ cell, metas: await readPredictions(join(folder, cell.id)) }));
  const cells = await Promise.all(read);
  const without = cells.filter(({ metas }) => metas.length === 0).map(({ cell }) => `${cell.arm} seed ${cell.seed}`);
  const lines = [
    ...new Set(cells.flatMap(({ metas }) => metas.flatMap(gaps))),
    ...(without.length === 0 ? [] : [finishedBefore(without)]),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

const gaps = ({ missing, warnings }: PredictionsMeta): string[] => [
  ...missing.map(({ file, why }) => `growbench: no ${file} is written: ${why}`),
  ...warnings.map((warning) => `growbench: ${warning}; a benchmark may refuse what lacks lines`),
];

const finishedBefore = (cells: readonly string[]): string =>
  `growbench: there are no predictions of ${cells.join(', ')}: a cell that was finished before is not trained again ` +
  `(move its record away to have it trained)`;
