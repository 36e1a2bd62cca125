import { availableParallelism } from 'node:os';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeTables } from '../../report/index.ts';
import type { ArmRow } from '../../report/arms.ts';
import type { SweepEvent } from '../../run/events.ts';
import { runSweep, type SweepOutcome } from '../../run/executor.ts';
import { nodesFolder } from '../../run/node-store.ts';
import { predictionsFolder } from '../../run/predictions.ts';
import type { CellRecord } from '../../run/record.ts';
import { metricsOfTasks } from '../task-metrics.ts';
import { cacheFolder } from '../cache.ts';
import { cardOf, visibleCards } from '../cards.ts';
import { EXIT } from '../exit.ts';
import { watchInterrupts, type Interrupts } from '../interrupts.ts';
import type { Io } from '../io.ts';
import type { SweepOptions } from '../program.ts';
import { openDisplay } from '../progress/display.ts';
import { predictionsText } from '../predictions-text.ts';
import { provenance } from '../provenance.ts';
import { resultsMarkdown, resultsTable } from '../results-table.ts';
import { settledSweeps, type SettledSweep } from '../settled-sweeps.ts';
import { shareCores } from '../share-cores.ts';
import { shellWord } from '../shell.ts';
import { tableOptions } from '../terminal.ts';

/**
 * `growbench sweep FILE...`: runs what has no record yet, writes the tables, prints the results, file by file. Resolves
 * to the worst exit code. Throws a UserError on a broken file, before anything runs, and on a results folder that
 * cannot be written to.
 */
export async function sweep(
  files: readonly string[],
  options: SweepOptions,
  argv: readonly string[],
  io: Io,
): Promise<number> {
  const interrupts = watchInterrupts(io);
  const again = `go on with: ${['growbench', ...argv.map(shellWord)].join(' ')}`;
  try {
    return await Promise.race([runAll(files, options, again, io, interrupts), interrupts.killed]);
  } finally {
    interrupts.dispose();
  }
}

async function runAll(
  files: readonly string[],
  options: SweepOptions,
  again: string,
  io: Io,
  interrupts: Interrupts,
): Promise<number> {
  const sweeps = await unlessStopped(settledSweeps(files, options, io, interrupts.signal), interrupts.signal);
  if (sweeps === null) {
    io.stderr.write(`growbench: stopped before anything was run; ${again}\n`);
    return EXIT.interrupted;
  }
  let worst: number = EXIT.done;
  for (const settled of sweeps) {
    const code = await runAndReport(settled, options, again, io, interrupts);
    worst = Math.max(worst, code);
    if (code === EXIT.interrupted || (options.failFast === true && code !== EXIT.done)) break;
  }
  return worst;
}

/** What comes of work that ends with the signal's reason when stopped; null then. */
async function unlessStopped<Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value | null> {
  try {
    return await work;
  } catch (error) {
    if (signal.aborted && error === signal.reason) return null;
    throw error;
  }
}

async function runAndReport(
  settled: SettledSweep,
  options: SweepOptions,
  again: string,
  io: Io,
  interrupts: Interrupts,
): Promise<number> {
  const { plan, folder } = settled;
  const outcome = await runShown(settled, options, io, interrupts);
  const rows = await writeTables(folder, plan, outcome.records, metricsOfTasks(), await provenance());
  if (options.json === true) writeLine(io, { type: 'results', folder, rows });
  if (outcome.interrupted) {
    const done = `${outcome.records.filter(({ result }) => result !== null).length} of ${plan.cells.length} cells done`;
    io.stderr.write(`growbench: stopped; ${done}; ${again}\n`);
    return EXIT.interrupted;
  }
  if (options.saveModels === true) tellOfModels(outcome.records, folder, io);
  if (options.predict === true) io.stderr.write(await predictionsText(outcome.records, folder));
  if (options.json !== true) {
    io.stdout.write(options.format === 'markdown' ? resultsMarkdown(rows) : resultsTable(rows, tableOptions(io)));
  }
  if (options.quiet !== true) io.stderr.write(`Tables and records are in ${folder}\n`);
  if (outcome.stopped !== null) {
    io.stderr.write(`growbench: the sweep was stopped: ${outcome.stopped}\n  The same command tries again.\n`);
  }
  return outcome.stopped !== null || rows.some(hasFailed) ? EXIT.cellsFailed : EXIT.done;
}

/** Runs the sweep with its events shown and, with `--json`, printed. */
async function runShown(
  { plan, engine, cells, folder }: SettledSweep,
  options: SweepOptions,
  io: Io,
  interrupts: Interrupts,
): Promise<SweepOutcome> {
  const cards = engine.name === 'cuda' ? visibleCards(io.env) : [];
  const { jobs, threads } = shareCores(engine.name, availableParallelism(), cards.length, options.jobs);
  const { name, entry, why } = engine;
  const place = entry === null ? [] : ['--entry', entry];
  const worker = ['worker', '--engine', name, ...place, '--why', why, '--threads', String(threads)];
  const display = await openDisplay(io, { quiet: options.quiet === true, draw: options.progress });
  interrupts.signal.addEventListener('abort', () => {
    display.say('stopping after the step in progress; Ctrl-C again stops at once');
  });
  try {
    return await runSweep(plan, {
      folder,
      cells,
      ...(options.retries === undefined ? {} : { retries: options.retries }),
      failFast: options.failFast === true,
      context: {
        cache: cacheFolder(io.env),
        models: options.saveModels === true ? modelsFolder(folder) : null,
        nodes: resolve(nodesFolder(options.results)),
        checkpointEvery: 60 * options.checkpointMinutes,
        predictions: options.predict === true ? resolve(predictionsFolder(folder)) : null,
      },
      jobs,
      launch: (place) => interrupts.adopt(io.fork(worker, jobs > 1 ? cardOf(place, cards) : {})),
      signal: interrupts.signal,
      onEvent(event: SweepEvent) {
        display.show(event);
        if (options.json === true) writeLine(io, event);
      },
    });
  } finally {
    display.close();
  }
}

const modelsFolder = (folder: string): string => resolve(folder, 'models');

/** What cannot be done with the saved models, and which are not there. */
function tellOfModels(records: readonly CellRecord[], folder: string, io: Io): void {
  const done = records.filter(({ result }) => result?.status === 'done');
  const without = done.filter(({ cell }) => !existsSync(join(modelsFolder(folder), cell.id)));
  if (done.some(({ cell }) => cell.settings.model.norm === 'pre')) {
    io.stderr.write('Saved pre-norm models are for growbench only: transformers has no class for them\n');
  }
  if (without.length === 0) return;
  const names = without.map(({ cell }) => `${cell.arm} seed ${cell.seed}`).join(', ');
  io.stderr.write(
    `growbench: no model is saved of ${names}: a cell that was finished before is not trained again (move its record ` +
      `away to have it trained), and a model that ends with shared or factorized parameters is no BERT to save\n`,
  );
}

const hasFailed = ({ failed }: ArmRow): boolean => failed > 0;

const writeLine = (io: Io, value: object): void => void io.stdout.write(`${JSON.stringify(value)}\n`);
