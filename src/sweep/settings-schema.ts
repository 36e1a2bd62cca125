import { CORPORA, CORPUS_FILES, CORPUS_SUMMARIES, VOCABULARY_SIZES } from '../run/corpora.ts';
import { DEFAULTS } from './defaults.ts';
import { finetune } from './finetune-schema.ts';
import { growthPolicy } from './growth-schema.ts';
import { schedule } from './schedule-schema.ts';
import { above, choice, LARGEST_SIZE, list, mapping, share, whole, type JsonSchema } from './schema-parts.ts';

const MOST_LAYERS = 1_000;
const MOST_STEPS = 1e9;

const model = mapping('The target: the full-size model that every arm ends with.', {
  layers: whole('Transformer layers.', 1, MOST_LAYERS),
  hidden: whole('Width of the token vectors; a multiple of heads.', 1, LARGEST_SIZE),
  heads: whole('Attention heads.', 1, LARGEST_SIZE),
  ffn: whole(`Units of the feed-forward network; ${DEFAULTS.ffnRatio} times hidden if not given.`, 1, LARGEST_SIZE),
  positions: {
    ...whole('Rows of the position table: the longest sequence that the model can read.', 4, LARGEST_SIZE),
    default: DEFAULTS.model.positions,
  },
  norm: {
    ...choice('Layer norm after each block, as in BERT, or before it, which trains faster when small.', [
      'post',
      'pre',
    ]),
    default: DEFAULTS.model.norm,
  },
  init: mapping('How a new model starts.', {
    std: {
      ...above('Standard deviation of every kernel and table.', 0, 10),
      default: DEFAULTS.model.init.std,
    },
    positions: {
      ...choice('Position table drawn like the rest, or started as sinusoids; trained either way.', [
        'random',
        'sinusoidal',
      ]),
      default: DEFAULTS.model.init.positions,
    },
    checkpoint: {
      type: 'string',
      description:
        "Folder of a Hugging Face checkpoint that the first stage's model is read from, with its vocabulary; relative to this file.",
      minLength: 1,
    },
  }),
  dropout: {
    ...share('Share of the activations dropped in training.', { minimum: 0, exclusiveMaximum: 1 }),
    default: DEFAULTS.model.dropout,
  },
});

const corpora = CORPORA.map((name) => `${name} (${CORPUS_SUMMARIES[name]})`).join(', ');

const USER_DATA = [
  { name: 'glue', description: "Folder of GLUE's data, with a folder for each task; relative to this file." },
  { name: 'squad', description: "Folder of SQuAD's JSON files; relative to this file." },
];

const data = mapping('The pre-training text.', {
  corpus: {
    ...list(
      `Shipped corpora: ${corpora}; or paths of files (${CORPUS_FILES}), folders and globs, relative to this file.`,
      {
        type: 'string',
        minLength: 1,
        description: 'A corpus name or a path.',
      },
    ),
    minItems: 1,
    default: DEFAULTS.data.corpus,
  },
  vocab: {
    ...whole(
      'Entries of the vocabulary in use, special tokens included.',
      VOCABULARY_SIZES.minimum,
      VOCABULARY_SIZES.maximum,
    ),
    default: DEFAULTS.data.vocab,
  },
  vocabulary: {
    type: 'string',
    description: 'Instead of vocab: a vocab.txt or tokenizer.json of a BERT, or its folder; relative to this file.',
    minLength: 1,
  },
  length: whole('Tokens of a sequence, [CLS] and [SEP] included; model.positions if not given.', 4, LARGEST_SIZE),
  ...Object.fromEntries(
    USER_DATA.map(({ name, description }) => [name, { type: 'string', description, minLength: 1 }]),
  ),
  pairs: {
    ...choice(
      'nsp: sequences are pairs of texts, and the model also learns to tell whether the second follows the first, as BERT does. none: packed text.',
      ['none', 'nsp'],
    ),
    default: DEFAULTS.data.pairs,
  },
  mask: {
    ...share('Share of the tokens that is masked.', { exclusiveMinimum: 0, exclusiveMaximum: 1 }),
    default: DEFAULTS.data.mask,
  },
});

const train = mapping('Pre-training, by steps or by FLOPs.', {
  steps: whole('Training steps, over all stages; 0 trains nothing before fine-tuning.', 0, MOST_STEPS),
  flops: above("Training FLOPs instead of steps: each arm's steps are what its schedule gets for them.", 0, 1e30),
  batch: { ...whole('Sequences in a step.', 1, LARGEST_SIZE), default: DEFAULTS.train.batch },
  rate: above('Peak learning rate.', 0, 10),
  warmup: {
    ...share('Linear warm-up, in steps or as a share of them; linear decay to 0 follows.', { minimum: 0 }, 'integer'),
    default: DEFAULTS.train.warmup,
  },
  decay: {
    type: 'number',
    description: "AdamW's decoupled weight decay; none on biases and norms.",
    minimum: 0,
    maximum: 1,
    default: DEFAULTS.train.decay,
  },
  precision: {
    ...choice('Matrix products in single precision, or rounded to bfloat16 where the machine has it.', [
      'fp32',
      'bf16',
    ]),
    default: DEFAULTS.train.precision,
  },
  clip: { ...above('Largest norm of the whole gradient.', 0, 1e9), default: DEFAULTS.train.clip },
  evaluate: whole('Steps between two measurements of the validation loss; a tenth of all if not given.', 1, MOST_STEPS),
});

const { optimizer, rate, warmup } = growthPolicy;
const growth = mapping('How training goes on when the model has grown; a stage may depart from it.', {
  optimizer: { ...optimizer, default: DEFAULTS.growth.optimizer },
  rate: { ...rate, default: DEFAULTS.growth.rate },
  warmup,
});

/** The sections of `base` and of an arm. */
export const sections = { model, data, train, growth, finetune, schedule };

/** Every dotted path that `vary` may name: the settings and the sections that hold them. */
export function settingPaths(): string[] {
  return Object.entries(sections).flatMap(([name, schema]) => [name, ...below(name, schema)]);
}

/** The dotted paths that hold a value rather than other settings. */
export function leafPaths(): string[] {
  const paths = settingPaths();
  return paths.filter((path) => !paths.some((other) => other.startsWith(`${path}.`)));
}

function below(path: string, { properties }: JsonSchema): string[] {
  return Object.entries((properties ?? {}) as Record<string, JsonSchema>).flatMap(([name, schema]) => [
    `${path}.${name}`,
    ...below(`${path}.${name}`, schema),
  ]);
}
