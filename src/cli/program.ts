import { Command, InvalidArgumentError, Option } from 'commander';
import { packageVersion } from './version.ts';
import type { Shard } from '../run/shard.ts';
import type { EngineName } from '../run/spec.ts';
import type { WantedEngine } from '../sweep/grammar.ts';
import { addDiffCommand } from './diff-grammar.ts';
import { addEngineCommands } from './engine-grammar.ts';
import { addResultsCommands } from './results-grammar.ts';
import { addGrowCommand } from './grow-grammar.ts';
import { addReportCommand } from './report-grammar.ts';
import { addVocabCommands } from './vocab-grammar.ts';
import type { Io } from './io.ts';

/** What a command's action leaves for `main`: the exit code. */
export type Finish = (code: number) => void;

/**
 * The grammar of the command line. Each command's module is imported when the command runs, so that asking for help
 * loads nothing but commander.
 */
export function createProgram(io: Io, argv: readonly string[], finish: Finish): Command {
  const program = new Command('growbench')
    .description('controlled comparisons of Transformer growth operators for progressive BERT pre-training')
    .version(packageVersion(), '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .exitOverride()
    .showHelpAfterError('  Run "growbench help" for the commands, "growbench help COMMAND" for their options.')
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      outputError: (text, write) => {
        write(text.replace(/^error: /, 'growbench: '));
      },
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
    });

  program
    .command('sweep')
    .description('run comparisons and print their results tables')
    .argument('<file...>', 'sweep files (YAML); all are checked before the first runs')
    .addOption(overrides())
    .addOption(engine())
    .option(
      '-j, --jobs <n>',
      'processes to train in, side by side (default: one a core or a card, or one that uses all cores)',
      positiveInteger,
    )
    .option('--results <dir>', 'folder for records and tables', 'results')
    .option(
      '--retries <n>',
      'further attempts at a cell that fails (default: 1 if its process was killed)',
      wholeNumber,
    )
    .option('--fail-fast', 'stop at the first cell that fails')
    .option('--checkpoint-minutes <n>', 'time between two checkpoints of what is in training', minutes, 10)
    .addOption(shard())
    .option('--save-models', "save each cell's pre-trained model as a Hugging Face folder in the results")
    .option('--predict', "leave each cell's predictions in the results: GLUE's test sets and SQuAD's files to hand in")
    .option('--json', 'print events as JSON lines, the results rows last')
    .addOption(tableFormat('of the results table'))
    .option('--quiet', 'print nothing but data and mistakes')
    .option('--no-progress', 'print plain lines instead of the live display')
    .action(async (files: string[], options: SweepOptions) => {
      finish(await (await import('./commands/sweep.ts')).sweep(files, options, argv, io));
    });

  program
    .command('plan')
    .description('show what a sweep would run: arms, stages, FLOPs, expected speedup')
    .argument('<file>', 'sweep file (YAML)')
    .addOption(overrides())
    .addOption(engine())
    .option('--results <dir>', 'folder of the records that say what is done', 'results')
    .option('--json', 'print the plan as JSON, with every cell, its id, and whether it is to run and why')
    .action(async (file: string, options: PlanOptions) => {
      finish(await (await import('./commands/plan.ts')).plan(file, options, io));
    });

  addResultsCommands(program, io, finish);

  program
    .command('operators')
    .description('list the growth operators by dimension')
    .option('--json', 'print them as JSON')
    .addOption(tableFormat('of the table'))
    .action(async (options: OperatorsOptions) => {
      finish((await import('./commands/operators.ts')).listOperators(options, io));
    });

  program
    .command('tasks')
    .description('list the fine-tuning tasks with their baselines, or check the data of those that need some')
    .option('--glue <dir>', 'read the files of GLUE in this folder and say what they hold')
    .option('--squad <dir>', 'read the files of SQuAD in this folder and say what they hold')
    .option('--json', 'print them as JSON')
    .action(async (options: TasksOptions) => {
      const checks = options.glue !== undefined || options.squad !== undefined;
      finish(
        checks
          ? await (await import('./commands/check-tasks.ts')).checkTasks(options, io)
          : (await import('./commands/tasks.ts')).listTasks(options, io),
      );
    });

  addGrowCommand(program, io, finish);
  addVocabCommands(program, io, finish);
  addDiffCommand(program, io, finish);
  addReportCommand(program, io, finish);
  addEngineCommands(program, io, finish);

  program
    .command('worker', { hidden: true })
    .description('train cells for the process that started this one')
    .addOption(new Option('--engine <name>').choices(['wasm', 'tensorflow', 'cuda']).default('wasm'))
    .option('--entry <path>', 'main module of the tfjs-node to load')
    .option('--why <text>', 'why this engine')
    .addOption(threads())
    .action(async (options: WorkerOptions) => {
      finish(await (await import('./commands/worker.ts')).worker(options, io));
    });

  return program;
}

/** Options of a command that only lists something. */
export interface ListOptions {
  readonly json?: true;
}

/** Options of `growbench tasks`: folders of data sets to check. */
export interface TasksOptions extends ListOptions {
  readonly glue?: string;
  readonly squad?: string;
}
export interface OperatorsOptions extends ListOptions {
  readonly format: 'text' | 'markdown';
}

export interface PlanOptions extends ListOptions {
  readonly engine?: WantedEngine;
  readonly set: readonly string[];
  /** Folder of all sweeps' results. */
  readonly results: string;
}

export interface SweepOptions extends PlanOptions {
  readonly jobs?: number;
  readonly retries?: number;
  readonly failFast?: true;
  readonly checkpointMinutes: number;
  readonly shard?: Shard;
  readonly saveModels?: true;
  readonly predict?: true;
  readonly format: 'text' | 'markdown';
  readonly quiet?: true;
  readonly progress: boolean;
}

export interface WorkerOptions {
  readonly engine: EngineName;
  readonly entry?: string;
  readonly why?: string;
  readonly threads?: number;
}

const overrides = () =>
  new Option('--set <path=value>', 'change a setting of the file, e.g. train.steps=100; may be repeated')
    .argParser((value: string, earlier: string[]) => [...earlier, value])
    .default([], 'none');

const tableFormat = (ofWhat: string) =>
  new Option('--format <name>', ofWhat).choices(['text', 'markdown']).default('text');

const threads = () => new Option('--threads <n>', 'threads of the native engine').argParser(positiveInteger);

const engine = () =>
  new Option('--engine <name>', "instead of the file's engine").choices(['auto', 'tensorflow', 'cuda', 'wasm']);

const shard = () =>
  new Option('--shard <i/n>', 'run only the i-th of n parts; "growbench collect" puts them together').argParser(
    (text: string): Shard => {
      const [index = NaN, count = NaN] = /^\d+\/\d+$/.test(text) ? text.split('/').map(Number) : [];
      if (index >= 1 && index <= count && count <= 10_000) return { index, count };
      throw new InvalidArgumentError('It must be a part and their number, from 1/1 up, e.g. 2/4.');
    },
  );

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('It must be a whole number from 0 up.');
  return value;
}

function minutes(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 100_000)) throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1 up.');
  return value;
}
