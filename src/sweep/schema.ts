import { DIMENSIONS } from '../growth/layout.ts';
import { DEFAULTS } from './defaults.ts';
import { compare } from './schedule-schema.ts';
import { choice, ENGINE_NAME, ENGINES, list, mapping, MOST_SEEDS, whole, type JsonSchema } from './schema-parts.ts';
import { leafPaths, sections } from './settings-schema.ts';

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

/** Keys of a stage and of `compare` that hold operators. */
export const isDimension = (key: string): boolean => (DIMENSIONS as readonly string[]).includes(key);
