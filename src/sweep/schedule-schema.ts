import { DIMENSIONS, type Dimension } from '../growth/layout.ts';
import type { GrowthOperator } from '../growth/operator.ts';
import { operators } from '../growth/operators/index.ts';
import { DEFAULTS } from './defaults.ts';
import { CONTROLS, SPLITS } from './grammar.ts';
import { growthPolicy } from './growth-schema.ts';
import {
  above,
  choice,
  list,
  mapping,
  PART_SHARE,
  SHARE,
  share,
  SOME_SHARE,
  whole,
  type JsonSchema,
} from './schema-parts.ts';

/** Exactly one operator with its size. */
const oneOf = (description: string, choices: readonly GrowthOperator[]): JsonSchema => ({
  ...mapping(description, Object.fromEntries(choices.map((operator) => [operator.name, sizes(operator)]))),
  minProperties: 1,
  maxProperties: 1,
});

/** An operator's settings: in full, or its size alone where nothing else has to be said. */
function sizes({ summary, settings }: GrowthOperator): JsonSchema {
  const rules = Object.fromEntries(Object.entries(settings).map(([name, rule]) => [name, { ...rule }]));
  const required = Object.keys(settings).filter((name) => settings[name]?.default === undefined);
  const full = { ...mapping(summary, rules), required };
  const size = Object.values(settings)[0];
  if (size === undefined || required.length > 1) return full;
  return { ...full, type: [size.type, 'object'], minimum: size.minimum };
}

/** An operator by its name, where the size stands elsewhere or is solved for, or with its settings. */
const listedOperator = (choices: readonly GrowthOperator[]): JsonSchema => {
  const optional = (operator: GrowthOperator) => ({ ...sizes(operator), required: [] });
  return {
    ...mapping('An operator.', Object.fromEntries(choices.map((operator) => [operator.name, optional(operator)]))),
    type: ['object', 'string'],
    minProperties: 1,
    maxProperties: 1,
  };
};

const ofDimension = (dimension: Dimension) => operators.filter((operator) => operator.dimension === dimension);

const byDimension = (schema: (dimension: Dimension) => JsonSchema) =>
  Object.fromEntries(DIMENSIONS.map((dimension) => [dimension, schema(dimension)]));

const until: JsonSchema = {
  ...mapping('Leave the stage early, once its validation loss flattens. Steps left over go to the last stage.', {
    slope: above('Nats: left once the loss falls by less than this per evaluation (train.evaluate).', 0, 100),
    window: {
      ...whole('Evaluations of the stage, the last ones, over which the fall is averaged.', 1, 1000),
      default: DEFAULTS.until.window,
    },
  }),
  required: ['slope'],
};

const stage: JsonSchema = {
  ...mapping('A share of the training and how small the model is meanwhile.', {
    steps: { type: 'string', description: 'Share of the steps; at most, where until is given.', pattern: SHARE },
    flops: {
      type: 'string',
      description: "Share of the run's FLOPs instead of its steps, in all stages of a schedule or in none.",
      pattern: SHARE,
    },
    until,
    freeze: {
      type: 'string',
      description: "Share of the stage's steps, at its start, in which only the layers just added and the head train.",
      pattern: SOME_SHARE,
    },
    growth: mapping('How this growth, the one into the stage, departs from the policy of all.', growthPolicy),
    ...byDimension((dimension) => oneOf(`The operator that makes the ${dimension} smaller.`, ofDimension(dimension))),
  }),
  oneOf: ['steps', 'flops'].map((share) => ({ properties: { [share]: {} }, required: [share] })),
};

/** Stages in order; the last one trains the target. */
export const schedule: JsonSchema = {
  type: 'array',
  description: 'Stages in order. The model grows between them; the last one trains the target.',
  items: stage,
  minItems: 1,
};

/** The `compare` block. */
export const compare: JsonSchema = {
  ...mapping('A whole comparison: one arm for each operator, one for all of them together, and controls.', {
    steps: { type: 'string', description: 'Share of the steps spent in the small model.', pattern: PART_SHARE },
    cost: {
      type: 'string',
      description:
        "Share of the target's FLOPs a step that every small model costs; the sizes that are not given are solved for it.",
      pattern: PART_SHARE,
    },
    tolerance: {
      ...share('How far a cost may be off, in points of percent.'),
      default: DEFAULTS.compare.tolerance,
    },
    split: {
      ...choice(
        "How the compound arm's saving is split at equal cost. even: each operator alone would save as much; " +
          'closest: the least uneven of the combinations of sizes within the tolerance.',
        SPLITS,
      ),
      default: DEFAULTS.compare.split,
    },
    ...byDimension((dimension) => ({
      ...list(`Operators of ${dimension}, an arm for each.`, listedOperator(ofDimension(dimension))),
      minItems: 1,
    })),
    compound: {
      ...list('One arm with all of these, at most one a dimension.', listedOperator(operators)),
      minItems: 2,
    },
    controls: list('Arms to hold the others against.', {
      type: 'string',
      enum: CONTROLS,
      description:
        'never-grown: the small model to the end; equal-flops: the target for as many FLOPs. ' +
        'Both follow the compound arm or, where there is none, every operator.',
    }),
  }),
  required: ['steps'],
};
