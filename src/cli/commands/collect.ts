import { basename, join, resolve } from 'node:path';
import { UserError } from '../../errors.ts';
import { collectSweep, type Collected } from '../../report/collect.ts';
import { writeTables } from '../../report/index.ts';
import { sweepFolders } from '../../report/results-folder.ts';
import { distinctCells } from '../../run/spec.ts';
import { writeRecord } from '../../run/store.ts';
import { EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import type { CollectOptions } from '../results-grammar.ts';
import { resultsTable } from '../results-table.ts';
import { metricsOfTasks } from '../task-metrics.ts';
import { tableOptions } from '../terminal.ts';

/**
 * `growbench collect FOLDER... -o RESULTS`: the records of shards become one results folder a sweep, with its tables.
 * Everything is read and compared before anything is written. Exits with 1 where cells failed or are missing. Throws a
 * UserError on what is not comparable.
 */
export async function collect(paths: readonly string[], { output }: CollectOptions, io: Io): Promise<number> {
  const sweeps = new Map<string, string[]>();
  for (const path of paths) {
    for (const folder of await sweepFolders(path)) {
      const name = basename(resolve(folder));
      if (resolve(join(output, name)) === resolve(folder)) {
        throw new UserError(`${folder} would be written over by what is collected`, 'Give another folder with -o.');
      }
      sweeps.set(name, [...(sweeps.get(name) ?? []), folder]);
    }
  }
  const collected: Collected[] = [];
  for (const folders of sweeps.values()) collected.push(await collectSweep(folders));
  let complete = true;
  for (const one of collected) complete = (await write(one, output, io)) && complete;
  return complete ? EXIT.done : EXIT.cellsFailed;
}

/** Writes one sweep's records and tables, prints its results, and says whether every cell has one. */
async function write({ plan, records, growbench }: Collected, output: string, io: Io): Promise<boolean> {
  const folder = join(output, plan.comparison.name);
  const own = new Map(records.map((record) => [record.cell.id, record]));
  for (const record of own.values()) await writeRecord(folder, record);
  const rows = await writeTables(folder, plan, records, metricsOfTasks(), growbench);
  io.stdout.write(resultsTable(rows, tableOptions(io)));
  const cells = distinctCells(plan.cells);
  const done = [...own.values()].filter(({ result }) => result !== null).length;
  const missing = cells.length - done;
  const note = missing === 0 ? '' : `; ${missing} have no result: "growbench sweep" runs them`;
  io.stderr.write(`${done} of ${cells.length} cells collected in ${folder}${note}\n`);
  return missing === 0;
}
