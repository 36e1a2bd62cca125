import { DIMENSIONS } from '../growth/layout.ts';
import { CORPORA, CORPUS_SUMMARIES, VOCABULARY_SIZES } from '../run/corpora.ts';
import { tasks } from '../tasks/index.ts';
import { DEFAULTS } from './defaults.ts';
import { growthPolicy } from './growth-schema.ts';
import { compare, schedule } from './schedule-schema.ts';
import { above, choice, list, mapping, share, whole, type JsonSchema } from './schema-parts.ts';

/** Far above any model that could be trained, low enough that planning one does not exhaust memory. */
const LARGEST_SIZE = 65_536;
const MOST_LAYERS = 1_000;
const MOST_STEPS = 1e9;
const MOST_SEEDS = 1_000;

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
  }),
  dropout: {
    ...share('Share of the activations dropped in training.', { minimum: 0, exclusiveMaximum: 1 }),
    default: DEFAULTS.model.dropout,
  },
});

const corpora = CORPORA.map((name) => `${name} (${CORPUS_SUMMARIES[name]})`).join(', ');

const data = mapping('The pre-training text.', {
  corpus: {
    ...list(`Shipped corpora: ${corpora}; or paths of .txt and .jsonl files, relative to this file.`, {
      type: 'string',
      minLength: 1,
      description: 'A corpus name or a path.',
    }),
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
  length: whole('Tokens of a sequence, [CLS] and [SEP] included; model.positions if not given.', 4, LARGEST_SIZE),
  mask: {
    ...share('Share of the tokens that is masked.', { exclusiveMinimum: 0, exclusiveMaximum: 1 }),
    default: DEFAULTS.data.mask,
  },
});

const train = mapping('Pre-training, by steps or by FLOPs.', {
  steps: whole('Training steps, over all stages.', 1, MOST_STEPS),
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
  clip: { ...above('Largest norm of the whole gradient.', 0, 1e9), default: DEFAULTS.train.clip },
  evaluate: whole('Steps between two measurements of the validation loss; a tenth of all if not given.', 1, MOST_STEPS),
});

const { optimizer, rate, warmup } = growthPolicy;
const growth = mapping('How training goes on when the model has grown; a stage may depart from it.', {
  optimizer: { ...optimizer, default: DEFAULTS.growth.optimizer },
  rate: { ...rate, default: DEFAULTS.growth.rate },
  warmup,
});

const finetune = mapping('Fine-tuning of the pre-trained model, on each task apart.', {
  tasks: {
    ...list('Tasks by name; none compares the arms by loss alone.', {
      type: 'string',
      enum: tasks.map(({ name }) => name),
      description: tasks.map(({ name, summary }) => `${name}: ${summary}`).join('; '),
    }),
    default: DEFAULTS.finetune.tasks,
  },
  examples: {
    type: ['integer', 'string'],
    description: 'Training examples of a task at most, or all.',
    minimum: 1,
    pattern: '^all$',
    default: DEFAULTS.finetune.examples,
  },
  epochs: { ...whole('Passes over the training examples.', 1, MOST_SEEDS), default: DEFAULTS.finetune.epochs },
  batch: { ...whole('Examples in a step.', 1, LARGEST_SIZE), default: DEFAULTS.finetune.batch },
  rate: { ...above('Peak learning rate.', 0, 10), default: DEFAULTS.finetune.rate },
  length: whole('Tokens of an example, longer texts are cut; model.positions if not given.', 8, LARGEST_SIZE),
  warmup: { ...share('Share of the steps spent in linear warm-up.'), default: DEFAULTS.finetune.warmup },
});

/** The sections of `base` and of an arm. */
export const sections = { model, data, train, growth, finetune, schedule };

/**
 * The JSON Schema (draft 7) of a sweep file, built from the registries of operators, tasks and corpora, with a
 * description on every key for editors to show. What a schema cannot say (sizes that divide, arms that differ
 * outside `vary`) is checked when the file is loaded.
 */
export function sweepSchema(): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'growbench sweep',
    ...mapping('A controlled comparison of Transformer growth operators. Its first comment is its question.', {
      seeds: {
        type: ['integer', 'array'],
        description: 'How many seeds every arm is run with, or which.',
        minimum: 1,
        maximum: MOST_SEEDS,
        items: whole('A seed.', 0, 2 ** 31 - 1),
        minItems: 1,
        uniqueItems: true,
        default: DEFAULTS.seeds,
      },
      vary: {
        ...list('The only settings in which arms may differ, as dotted paths.', {
          type: 'string',
          description: 'A setting or a section of settings: schedule, train.rate, model.init.',
        }),
        default: DEFAULTS.vary,
      },
      engine: {
        ...choice('What carries out the training; auto takes the fastest there is.', ['auto', 'tensorflow', 'wasm']),
        default: DEFAULTS.engine,
      },
      base: mapping('Settings of every arm.', sections),
      arms: {
        type: 'object',
        description: 'Arms by name, each with the settings in which it differs from base. The first is the baseline.',
        propertyNames: { pattern: '^[A-Za-z][A-Za-z0-9._+-]*$' },
        additionalProperties: { ...mapping('Settings that differ from base.', sections), type: ['object', 'null'] },
      },
      compare,
    }),
  };
}

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

/** Keys of a stage and of `compare` that hold operators. */
export const isDimension = (key: string): boolean => (DIMENSIONS as readonly string[]).includes(key);
