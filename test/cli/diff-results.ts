import { join } from 'node:path';
import { main } from '../../src/cli/main.ts';
import { writeTables } from '../../src/report/index.ts';
import { planSweep } from '../../src/run/plan.ts';
import type { CellRecord } from '../../src/run/record.ts';
import { writeRecord } from '../../src/run/store.ts';
import { tasks } from '../../src/tasks/index.ts';
import { plan, recordOf, seconds } from '../report/records.ts';
import { recordedIo } from './recorded-io.ts';

const arms = plan.comparison.arms.map((arm) => {
  const { settings } = arm;
  return { ...arm, settings: { ...settings, finetune: { ...settings.finetune, tasks: ['wordnet-topic'] } } };
});
const eight = planSweep({ ...plan.comparison, arms, seeds: [0, 1, 2, 3, 4, 5, 6, 7] });
const metrics = new Map(tasks.map(({ name, metrics: own }) => [name, own]));

/** Eight seeds of two arms whose numbers are the seed's, plus `shift` in the arm `stack`. */
export const recordsOf = (shift: number, others: Partial<CellRecord> = {}): CellRecord[] =>
  eight.cells.map((cell) => {
    const own = cell.arm === 'stack' ? shift : 0;
    const change = {
      loss: 5 + cell.seed / 10 + own,
      seconds: seconds(10 + cell.seed - (cell.arm === 'stack' ? 2 : 0)),
      tasks: {
        'wordnet-topic': { version: 1, metrics: { accuracy: 0.5 + cell.seed / 100 - own, macro_f1: 0.25 }, seconds: 1 },
      },
      curve: [6, 5 + cell.seed / 10 + 10 * own].map((loss, at) => ({
        step: at,
        flops: 1e6 * (at + 1),
        seconds: at + 1,
        loss,
      })),
    };
    return recordOf(cell, change, others);
  });

/** Leaves records and tables in a results folder. */
export async function writeResults(folder: string, records: readonly CellRecord[]): Promise<void> {
  for (const record of records) await writeRecord(folder, record);
  await writeTables(folder, eight, records, metrics, { version: '1', commit: null });
}

/** Runs `growbench diff`; `@name` is a path in `folder`. */
export async function runDiff(folder: string, argv: readonly string[]) {
  const io = recordedIo();
  const paths = argv.map((word) =>
    word.startsWith('@') ? join(folder, word.slice(1)) : word.replace('=@', `=${folder}/`),
  );
  const code = await main(['diff', ...paths], io);
  return { code, out: io.stdout.text, err: io.stderr.text };
}
