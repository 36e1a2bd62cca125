import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { operators } from '../../src/growth/operators/index.ts';
import { CORPORA } from '../../src/run/corpora.ts';
import { sweepSchema } from '../../src/sweep/schema.ts';
import { leafPaths, settingPaths } from '../../src/sweep/settings-schema.ts';
import { tasks } from '../../src/tasks/index.ts';

type Schema = Readonly<Record<string, unknown>>;

/** Every schema of a key or list item within a schema, by its path. */
function keys(schema: Schema, path = ''): [string, Schema][] {
  const properties = Object.entries((schema['properties'] ?? {}) as Record<string, Schema>);
  const inner = [...properties, ...['items', 'additionalProperties'].map((name) => [name, schema[name]] as const)];
  return inner.flatMap(([name, child]): [string, Schema][] =>
    typeof child === 'object'
      ? [[`${path}/${name}`, child as Schema], ...keys(child as Schema, `${path}/${name}`)]
      : [],
  );
}

describe('the schema of a sweep file', () => {
  test('is a JSON Schema of draft 7 that a strict validator takes', () => {
    const ajv = new Ajv({ strict: true, allowUnionTypes: true });
    expect(ajv.validateSchema(sweepSchema())).toBe(true);
    expect(() => ajv.compile(sweepSchema())).not.toThrow();
  });

  test('describes every key', () => {
    const all = keys(sweepSchema());
    expect(all.length).toBeGreaterThan(100);
    expect(all.filter(([, { description }]) => typeof description !== 'string' || description === '')).toEqual([]);
  });

  test('takes its own defaults', () => {
    const ajv = new Ajv({ strict: true, allowUnionTypes: true });
    const withDefault = keys(sweepSchema()).filter(([, schema]) => 'default' in schema);
    expect(withDefault.length).toBeGreaterThan(15);
    for (const [path, schema] of withDefault) {
      expect(ajv.validate(schema, structuredClone(schema['default'])), path).toBe(true);
    }
  });

  test('knows every operator under its dimension only, every task and every corpus', () => {
    const stages = keys(sweepSchema())
      .map(([path]) => path)
      .filter((path) => path.startsWith('/base/schedule/items/'));
    for (const { name, dimension } of operators) {
      const places = stages.filter((path) => path.endsWith(`/${name}`));
      expect(places, name).toEqual([`/base/schedule/items/${dimension}/${name}`]);
    }
    const text = JSON.stringify(sweepSchema());
    for (const name of [...tasks.map((task) => task.name), ...CORPORA]) expect(text).toContain(name);
  });
});

test('sections can be varied but not set as a whole', () => {
  expect(settingPaths()).toEqual(
    expect.arrayContaining(['model', 'model.init', 'model.init.std', 'schedule', 'train.flops']),
  );
  expect(leafPaths()).not.toEqual(expect.arrayContaining(['model']));
  expect(leafPaths()).toEqual(expect.arrayContaining(['model.init.std', 'schedule', 'train.flops']));
});
