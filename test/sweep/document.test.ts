import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDocument, offsetOf, isWritten } from '../../src/sweep/document.ts';
import { position } from '../../src/sweep/frame.ts';
import type { Path } from '../../src/sweep/problem.ts';

const parse = (text: string) => {
  const { document, problems } = parseDocument({ file: 'x.yaml', text, start: 0 });
  if (document === null) throw new Error(problems.map(({ message }) => message).join());
  return document;
};

/** Every path within a JSON value, with the value there. */
function paths(value: unknown, path: Path = []): [Path, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [[path, value], ...entries.flatMap(([key, item]: [string | number, unknown]) => paths(item, [...path, key]))];
}

describe('positions', () => {
  test('every value and key of a JSON text is found where it is written', () => {
    // JSON is YAML, and JSON.stringify says how each part of it is spelled.
    const key = fc.stringMatching(/^[a-z]{1,8}$/);
    const { json } = fc.letrec((tie) => ({
      json: fc.oneof({ maxDepth: 4 }, fc.integer(), fc.boolean(), fc.string(), tie('list'), tie('mapping')),
      list: fc.array(tie('json'), { maxLength: 4 }),
      mapping: fc.dictionary(key, tie('json'), { maxKeys: 4 }),
    }));
    fc.assert(
      fc.property(json, fc.constantFrom(undefined, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent).replaceAll('\u007f', '?');
        const { tree, value: read } = parse(text);
        for (const [path, part] of paths(read)) {
          const spelled = JSON.stringify(part, null, indent);
          const start = spelled.slice(0, typeof part === 'object' ? 1 : undefined);
          expect(text.startsWith(start, offsetOf(tree, path, 'value'))).toBe(true);
          expect(isWritten(tree, path)).toBe(true);
          const last = path.at(-1);
          if (typeof last === 'string') expect(text.startsWith(`"${last}"`, offsetOf(tree, path, 'key'))).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('inside an alias, a value is where the anchor wrote it; the alias itself is where it stands', () => {
    const text = 'a: &x { b: 1 }\nc: *x\n';
    const { tree, value } = parse(text);
    expect(value).toEqual({ a: { b: 1 }, c: { b: 1 } });
    expect(position(text, offsetOf(tree, ['c'], 'value'))).toEqual({ line: 2, column: 4 });
    expect(position(text, offsetOf(tree, ['c', 'b'], 'value'))).toEqual({ line: 1, column: 12 });
  });

  test('something missing is at the key of what should hold it', () => {
    const text = 'a:\n  b: 1\n';
    const { tree } = parse(text);
    expect(position(text, offsetOf(tree, ['a', 'c', 'd'], 'value'))).toEqual({ line: 1, column: 1 });
    expect(isWritten(tree, ['a', 'c'])).toBe(false);
  });

  test('an empty value is at its key, and block and folded text at its sign', () => {
    const text = 'a:\nb: |\n  text\n- no\n'.replace('- no\n', 'c: 1\n');
    const { tree } = parse(text);
    expect(position(text, offsetOf(tree, ['a'], 'value'))).toEqual({ line: 1, column: 1 });
    expect(position(text, offsetOf(tree, ['c'], 'key'))).toEqual({ line: 4, column: 1 });
  });
});

test.each([
  ['a\nb', 2, 2, 1],
  ['a\r\nb', 3, 2, 1],
  ['a\rb', 2, 2, 1],
  ['ab', 1, 1, 2],
  ['', 0, 1, 1],
])('in %j, offset %i is line %i, column %i', (text, offset, line, column) => {
  expect(position(text, offset)).toEqual({ line, column });
});

test('an empty key that is given twice is told at its mapping', () => {
  const { problems } = parseDocument({ file: 'x.yaml', text: ' :\n ?', start: 0 });
  expect(problems.map(({ place }) => place)).toEqual([{ in: 'file', offset: 1 }]);
});

test('text that is not YAML becomes a problem, whatever it is', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...`ab:-[]{}*&!|>"'#%@\n\t ?,`.split('')), maxLength: 30 }),
      (text) => {
        const { document, problems } = parseDocument({ file: 'x.yaml', text, start: 0 });
        expect(document === null ? problems.length : 1).toBeGreaterThan(0);
        for (const { place } of problems) {
          expect(place.in === 'file' && place.offset >= 0 && place.offset <= text.length).toBe(true);
        }
      },
    ),
    { numRuns: 3000 },
  );
});
