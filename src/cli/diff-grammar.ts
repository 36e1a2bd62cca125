import { InvalidArgumentError, Option, type Command } from 'commander';
import type { Io } from './io.ts';
import type { Finish } from './program.ts';

export interface DiffOptions {
  readonly key?: readonly string[];
  readonly ignore: readonly string[];
  readonly metric: readonly string[];
  readonly failOn: readonly string[];
  readonly noise: readonly string[];
  readonly level: number;
  readonly format: 'text' | 'markdown' | 'csv' | 'json';
  readonly git?: true;
}

/** `growbench diff`. */
export function addDiffCommand(program: Command, io: Io, finish: Finish): void {
  program
    .command('diff')
    .description('compare results: what is better, what is worse, what is chance')
    .argument('<results...>', 'results folders or CSVs, or LABEL=PATH; all are compared with the first')
    .option('--key <columns>', 'columns that name a row, instead of the arm and what a grid varies', names)
    .option('--ignore <columns>', 'columns that may differ without a warning', names, [])
    .option('--metric <names>', 'metrics to show, instead of the usual ones', names, [])
    .addOption(repeated('--fail-on <metric:limit>', 'exit with 1 beyond, e.g. score:-0.5 or speedup_flops:-5%'))
    .addOption(repeated('--noise <metric=size>', 'take smaller changes for none, e.g. time=3% or loss=0.01'))
    .option('--level <p>', 'chance of calling anything different where nothing is', share, 0.05)
    .addOption(
      new Option('--format <name>', 'of the tables').choices(['text', 'markdown', 'csv', 'json']).default('text'),
    )
    .option('--git', "be git's external diff driver")
    .action(async (results: string[], options: DiffOptions) => {
      finish(await (await import('./commands/diff.ts')).diff(results, options, io));
    });
}

const repeated = (flags: string, description: string) =>
  new Option(flags, `${description}; may be repeated`)
    .argParser((value: string, earlier: string[]) => [...earlier, value])
    .default([], 'none');

function names(text: string): string[] {
  const list = text.split(',').map((name) => name.trim());
  if (list.includes('')) throw new InvalidArgumentError('It must be names separated by commas.');
  return list;
}

function share(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError('It must be a number between 0 and 1.');
  return value;
}
