import type { Command } from 'commander';
import type { Io } from './io.ts';
import type { Finish, ListOptions } from './program.ts';

/** Options of `growbench collect`. */
export interface CollectOptions {
  /** Folder for the results that are put together. */
  readonly output: string;
}

/** Options of `growbench clean`. */
export interface CleanOptions extends ListOptions {
  /** Folder of all sweeps' results. */
  readonly results: string;
  readonly dryRun?: true;
}

/** Adds the commands about what sweeps have left: `status`, `collect` and `clean`. */
export function addResultsCommands(program: Command, io: Io, finish: Finish): void {
  program
    .command('status')
    .description('show where sweeps stand: done, running, failed, waiting; also while they run')
    .argument('[results]', 'results folder, of all sweeps or of one', 'results')
    .option('--json', 'print it as JSON')
    .action(async (results: string, options: ListOptions) => {
      finish(await (await import('./commands/status.ts')).status(results, options, io));
    });

  program
    .command('collect')
    .description('put the results of shards together, if they are comparable')
    .argument('<folders...>', 'results folders, of all sweeps or of one')
    .requiredOption('-o, --output <dir>', 'folder for the records and tables of all')
    .action(async (folders: string[], options: CollectOptions) => {
      finish(await (await import('./commands/collect.ts')).collect(folders, options, io));
    });

  program
    .command('clean')
    .description(
      'remove what is not needed: states of finished sweeps, and what killed processes have left in the cache',
    )
    .option(
      '--results <dir>',
      'folder of the sweeps whose states are removed, but for what unfinished ones need',
      'results',
    )
    .option('--dry-run', 'only list it')
    .option('--json', 'print it as JSON')
    .action(async (options: CleanOptions) => {
      finish(await (await import('./commands/clean.ts')).clean(options, io));
    });
}
