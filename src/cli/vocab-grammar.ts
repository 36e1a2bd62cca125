import { InvalidArgumentError, type Command } from 'commander';
import type { Io } from './io.ts';

export interface VocabTrainOptions {
  readonly size: number;
  readonly out: string;
  readonly cased?: true;
}

/** Token ids are kept in 16 bits. */
const MOST_ENTRIES = 65_536;

/** Adds `vocab train CORPUS...` to the command line. */
export function addVocabCommands(program: Command, io: Io, finish: (code: number) => void): void {
  const vocab = program.command('vocab').description('make vocabularies');
  vocab
    .command('train')
    .description('learn a WordPiece vocabulary from text, for data.vocabulary of a sweep')
    .argument('<corpus...>', 'shipped corpora, files of text, folders and globs, as in data.corpus')
    .requiredOption('--size <n>', 'entries, special tokens included', entries)
    .requiredOption('-o, --out <file>', 'file to write, an entry a line (vocab.txt)')
    .option('--cased', 'keep case and accents')
    .action(async (corpora: string[], options: VocabTrainOptions) => {
      finish(await (await import('./commands/vocab.ts')).trainVocab(corpora, options, io));
    });
}

function entries(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= MOST_ENTRIES) return value;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST_ENTRIES}.`);
}
