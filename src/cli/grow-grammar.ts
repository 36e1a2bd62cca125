import { InvalidArgumentError, Option, type Command } from 'commander';
import { SIZES, type Size, type Sizes } from '../growth/sizes.ts';
import type { EngineName } from '../run/spec.ts';
import type { Io } from './io.ts';

export interface GrowOptions {
  readonly operator: readonly string[];
  readonly to: Sizes;
  readonly out: string;
  readonly text?: string;
  readonly loss: boolean;
  readonly engine: EngineName | 'auto';
  readonly seed: number;
  readonly json?: true;
}

/** Adds `grow CHECKPOINT` to the command line. */
export function addGrowCommand(program: Command, io: Io, finish: (code: number) => void): void {
  program
    .command('grow')
    .description('grow a checkpoint by one step, and measure its masked-LM loss before and after')
    .argument('<checkpoint>', 'folder of a BERT: config.json and model.safetensors')
    .requiredOption('--operator <name>', 'growth operator; one of each dimension may be given', repeated)
    .requiredOption('--to <size=n>', `${SIZES.join(', ')} of the grown model; may be repeated`, withSizes)
    .requiredOption('-o, --out <folder>', 'folder for the grown checkpoint')
    .option('--text <file>', 'file of text to measure the loss on (default: shipped validation text)')
    .option('--no-loss', 'measure no loss, and load no engine')
    .addOption(
      new Option('--engine <name>', 'engine to measure with')
        .choices(['auto', 'tensorflow', 'cuda', 'wasm'])
        .default('auto'),
    )
    .option('--seed <n>', 'seed of numbers that are drawn', wholeNumber, 0)
    .option('--json', 'print the report as JSON')
    .action(async (folder: string, options: GrowOptions) => {
      finish(await (await import('./commands/grow.ts')).grow(folder, options, io));
    });
}

const repeated = (value: string, earlier: readonly string[] | undefined): readonly string[] => [
  ...(earlier ?? []),
  value,
];

/** `layers=12`, or several with commas between them. */
function withSizes(text: string, earlier: Sizes | undefined): Sizes {
  const sizes: Partial<Record<Size, number>> = { ...earlier };
  for (const part of text.split(',')) {
    const [name = '', value = ''] = part.split('=').map((word) => word.trim());
    const size = SIZES.find((known) => known === name);
    if (size === undefined) throw new InvalidArgumentError(`Sizes are ${SIZES.join(', ')}: write layers=12.`);
    if (sizes[size] !== undefined) throw new InvalidArgumentError(`It gives ${size} twice.`);
    sizes[size] = wholeNumber(value);
    if (sizes[size] < 1 || sizes[size] > LARGEST) {
      throw new InvalidArgumentError(`${size} must be from 1 to ${LARGEST}.`);
    }
  }
  return sizes;
}

/** More would be a slip of the finger, and take all memory. */
const LARGEST = 100_000;

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text))) {
    throw new InvalidArgumentError('It must be a whole number from 0 up.');
  }
  return Number(text);
}
