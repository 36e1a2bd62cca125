import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { loadText } from './folder.ts';

const quickstart = readFileSync('experiments/quickstart.yaml', 'utf8');
const listed = `seeds: [1, 2]
vary: [schedule, train]
base:
  model: { layers: 4, hidden: 16, heads: 2, init: { std: 0.1 } }
  train: { steps: 100, rate: 1e-3 }
arms:
  full: {}
  stack: { schedule: [{ steps: 70%, depth: { stack: 2 } }, { steps: 30%, width: { ffn-share: { factor: 2 } } }, { steps: 0.5% }] }
  fast: { train: { rate: 1e-2, flops: 1e9 } }
`;

/** Loads, or is refused as a mistake of the user's: anything else would be a bug shown to them. */
async function loadsOrIsRefused(text: string): Promise<void> {
  try {
    await loadText(text);
  } catch (error) {
    if (!(error instanceof UserError)) throw new Error(`not a UserError for:\n${text}`, { cause: error });
    expect(error.message).not.toMatch(/undefined|\[object|NaN%/);
  }
}

test('a sweep with some characters changed loads or is refused in words', async () => {
  const edit = fc.record({
    at: fc.nat(quickstart.length),
    remove: fc.nat(6),
    insert: fc.string({ unit: fc.constantFrom(...'a1:-[]{}*&"#%\n ,.~'.split('')), maxLength: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(quickstart, listed),
      fc.array(edit, { minLength: 1, maxLength: 3 }),
      async (text, edits) => {
        await loadsOrIsRefused(
          edits.reduce((rest, { at, remove, insert }) => rest.slice(0, at) + insert + rest.slice(at + remove), text),
        );
      },
    ),
    { numRuns: 300 },
  );
});

type Tree = Readonly<Record<string, unknown>> | readonly unknown[];
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;

/** `value` with the part that `steps` (each modulo what there is to choose from) lead to replaced. */
function replaced(value: unknown, steps: readonly number[], by: unknown): unknown {
  const [step, ...rest] = steps;
  if (step === undefined || !isTree(value)) return by;
  const keys = Object.keys(value);
  const key = keys[step % Math.max(1, keys.length)];
  if (key === undefined) return by;
  const inner = replaced((value as Readonly<Record<string, unknown>>)[key], rest, by);
  return Array.isArray(value) ? value.with(Number(key), inner) : Object.assign({}, value, { [key]: inner });
}

test('a sweep with any value replaced by any other loads or is refused in words', async () => {
  const value = fc.oneof(
    fc.constantFrom(null, true, '', '70%', '0%', 'stack', 0, -1, 0.5, 1e300, [], {}, [[]], { stack: 1 }, [
      { stack: 1 },
    ]),
    fc.jsonValue({ maxDepth: 2 }),
  );
  const step = fc.nat(20);
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(quickstart, listed),
      fc.array(step, { maxLength: 7 }),
      value,
      async (text, steps, by) => {
        await loadsOrIsRefused(JSON.stringify(replaced(load(text), steps, by)));
      },
    ),
    { numRuns: 1000 },
  );
});
