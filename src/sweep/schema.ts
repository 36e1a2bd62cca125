import { DIMENSIONS } from '../growth/layout.ts';
import { CORPORA, CORPUS_FILES, CORPUS_SUMMARIES, VOCABULARY_SIZES } from '../run/corpora.ts';
import { DEFAULTS } from './defaults.ts';
import { finetune } from './finetune-schema.ts';
import { growthPolicy } from './growth-schema.ts';
import { compare, schedule } from './schedule-schema.ts';
import {
  above,
  choice,
  ENGINE_NAME,
  ENGINES,
  LARGEST_SIZE,
  list,
  mapping,
  MOST_SEEDS,
  share,
  whole,
  type JsonSchema,
} from './schema-parts.ts';

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

const engine: JsonSchema = {
  ...mapping('What carries out the training: its name, or more of it.', {
    name: {
      ...choice(
        'auto takes the fastest there is, tensorflow the native engine, on a card or not; cuda demands a card.',
        ENGINES,
      ),
      default: DEFAULTS.engine.name,
    },
    xla: {
      ...choice('Whether XLA compiles the steps of the native engine; auto: where it pays.', ['auto', 'on', 'off']),
      default: DEFAULTS.engine.xla,
    },
  }),
  type: ['string', 'object'],
  pattern: ENGINE_NAME,
  default: DEFAULTS.engine.name,
};

/** The sections of `base` and of an arm. */
export const sections = { model, data, train, growth, finetune, schedule };

/** What a grid can vary: a value of `base`; corpora and schedules are for arms and cases to tell apart. */
function gridSettings(): [path: string, schema: JsonSchema][] {
  const files = ['data.corpus', 'data.vocabulary', 'data.glue', 'data.squad', 'model.init.checkpoint', 'schedule'];
  return leafPaths()
    .filter((path) => !files.includes(path))
    .map((path) => [path, schemaAt(path.split('.'), { properties: sections })]);
}

const schemaAt = ([step, ...rest]: readonly string[], { properties }: JsonSchema): JsonSchema => {
  const inner = (properties as Readonly<Record<string, JsonSchema>>)[step!]!;
  return rest.length === 0 ? inner : schemaAt(rest, inner);
};

const gridOf = (description: string): JsonSchema =>
  mapping(
    description,
    Object.fromEntries(
      gridSettings().map(([path, schema]) => [
        path,
        {
          ...list('A list of values, or { range: [from, to, step] }, or { log: [from, to, count] }.', schema),
          minItems: 1,
        },
      ]),
    ),
  );

/** An arm's name, a case's name or a setting, each with the value it must have, or with a list of them. */
function condition(description: string): JsonSchema {
  const value = { type: ['string', 'number', 'boolean', 'null', 'array'], description: 'A value, or a list of them.' };
  return {
    ...mapping(description, Object.fromEntries(['arm', 'case', ...leafPaths()].map((key) => [key, value]))),
    minProperties: 1,
  };
}

const NAME = '^[A-Za-z][A-Za-z0-9._+-]*$';

/** The keys that a case may give too. */
const subSweep = (): Readonly<Record<string, JsonSchema>> => ({
  base: mapping('Settings of every arm.', sections),
  arms: {
    type: 'object',
    description: 'Arms by name, each with the settings in which it differs from base. The first is the baseline.',
    propertyNames: { pattern: NAME },
    additionalProperties: {
      ...mapping('Settings that differ from base.', {
        ...sections,
        when: condition('The arm is there only where all of this holds.'),
      }),
      type: ['object', 'null'],
    },
  },
  compare,
  grid: gridOf('Settings of base by dotted path: the whole comparison is repeated for every combination of values.'),
  zip: gridOf('Settings that vary together: the first values of all, then the second ones, and so on.'),
});

/**
 * The JSON Schema (draft 7) of a sweep file, built from the registries of operators, tasks and corpora, with a
 * description on every key for editors to show. What a schema cannot say (sizes that divide, arms that differ
 * outside `vary`) is checked when the file is loaded.
 */
export function sweepSchema(): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'growbench sweep',
    // Somewhere for anchors to stand.
    patternProperties: { '^x-': {} },
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
      engine,
      ...subSweep(),
      cases: {
        type: 'object',
        description: 'Sub-sweeps by name, each with what it says differently from the rest of the file.',
        propertyNames: { pattern: NAME },
        minProperties: 1,
        additionalProperties: { ...mapping('What this case says differently.', subSweep()), type: ['object', 'null'] },
      },
      extends: {
        type: 'string',
        description: 'A sweep file, relative to this one, that this one is laid over.',
        minLength: 1,
      },
      exclude: list('Arms that are left out where all of a condition holds.', condition('What holds of an arm.')),
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
