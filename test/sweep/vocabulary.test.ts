import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cellsOf } from '../../src/run/spec.ts';
import { loadSweep, type LoadedSweep } from '../../src/sweep/load.ts';
import { mistakeOf } from './folder.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'growbench-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write(name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}
const LIST = '[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nship\n##s\n';

const sweep = (data: string, arms = 'full: {}', more = ''): string => `vary: [data]
base:
  model: { layers: 2, hidden: 16, heads: 2 }
  train: { steps: 100, rate: 1e-3 }
  data: { ${data} }
arms: { ${arms} }
${more}`;
const load = (text: string, set: readonly string[] = []) => {
  write('sweep.yaml', text);
  return loadSweep(join(folder, 'sweep.yaml'), { set });
};
const dataOf = async (text: string, arm = 0) => (await load(text)).arms[arm]!.settings.data;
const idOf = async (text: string) => cellsOf({ ...(await load(text)), engine: { name: 'wasm', xla: 'off' } })[0]!.id;
const mistakeIn = (text: string) => mistakeOf(load(text));

describe('data.vocabulary', () => {
  test('is found from the sweep file, also by its folder, and says the size', async () => {
    write('bert/vocab.txt', LIST);
    const wanted = { vocabulary: join(folder, 'bert/vocab.txt'), vocab: 7 };
    expect(await dataOf(sweep('vocabulary: bert/vocab.txt'))).toMatchObject(wanted);
    expect(await dataOf(sweep('vocabulary: bert'))).toMatchObject(wanted);
    expect('vocabulary' in (await dataOf(sweep('vocab: 1000')))).toBe(false);
  });

  test('names a cell by its entries and case, not by where they stand', async () => {
    write('a/vocab.txt', LIST);
    write('b.txt', LIST);
    const before = await idOf(sweep('vocabulary: a'));
    expect(await idOf(sweep('vocabulary: b.txt'))).toBe(before);
    write('a/tokenizer_config.json', '{"do_lower_case": false}');
    const cased = await idOf(sweep('vocabulary: a'));
    write('b.txt', `${LIST}home\n`);
    const longer = await idOf(sweep('vocabulary: b.txt'));
    const shipped = await idOf(sweep('vocab: 1000'));
    expect(new Set([before, cased, longer, shipped]).size).toBe(4);
  });

  test('can be one that arms vary, and an arm that gives a size has the shipped one', async () => {
    write('v.txt', LIST);
    const text = sweep('vocabulary: v.txt', 'own: {}, shipped: { data: { vocab: 1000 } }');
    expect((await dataOf(text, 0)).vocab).toBe(7);
    const shipped = await dataOf(text, 1);
    expect([shipped.vocab, 'vocabulary' in shipped]).toEqual([1000, false]);
    const other = sweep('vocab: 1000', 'shipped: {}, own: { data: { vocabulary: v.txt } }');
    expect((await dataOf(other, 1)).vocab).toBe(7);
  });

  test('gives way to a size that is laid over it, and the other way round', async () => {
    write('v.txt', LIST);
    const inUse = ({ arms }: LoadedSweep) =>
      arms.map(({ settings: { data } }) => (data.vocabulary === undefined ? data.vocab : 'v.txt'));
    const extended = async (parent: string, child: string) => {
      write('parent.yaml', parent);
      return inUse(await load(`extends: parent.yaml\n${child}`));
    };
    expect(await extended(sweep('vocab: 1000'), 'base: { data: { vocabulary: v.txt } }')).toEqual(['v.txt']);
    expect(await extended(sweep('vocabulary: v.txt'), 'base: { data: { vocab: 1000 } }')).toEqual([1000]);
    const arms = 'full: {}, own: { data: { vocabulary: v.txt } }';
    const child = 'arms: { own: { data: { vocab: 500 } } }';
    expect(await extended(sweep('vocab: 1000', arms), child)).toEqual([1000, 500]);
    const cases = sweep('vocab: 1000', 'full: {}', 'cases: { small: { base: { data: { vocab: 500 } } }, usual: {} }');
    const own = 'cases: { small: { base: { data: { vocabulary: v.txt } } } }';
    expect(await extended(cases, own)).toEqual(['v.txt', 1000]);
    expect(inUse(await load(sweep('vocabulary: v.txt'), ['data.vocab=1000']))).toEqual([1000]);
    expect(inUse(await load(sweep('vocab: 1000'), ['data.vocabulary=v.txt']))).toEqual(['v.txt']);
    await expect(extended(sweep('vocab: 1000'), 'base: { data: { vocabulary: v.txt, vocab: 500 } }')).rejects.toThrow(
      /sweep\.yaml:2:\d+: base\.data\.vocab must not be given beside data\.vocabulary/,
    );
  });

  test('leaves no room for a size beside it', async () => {
    write('v.txt', LIST);
    const given = await mistakeIn(sweep('vocabulary: v.txt, vocab: 1000'));
    expect(given.message).toMatch(/sweep\.yaml:5:\d+: base\.data\.vocab must not be given beside data\.vocabulary/);
    const grid = await mistakeIn(sweep('vocabulary: v.txt', 'full: {}', 'grid: { data.vocab: [500, 1000] }'));
    expect(grid.message).toMatch(/grid\.data\.vocab must not be given beside/);
  });

  test('that cannot be used is said where it is written', async () => {
    write('v.txt', LIST.replace('[SEP]\n', ''));
    const { message } = await mistakeIn(sweep('vocabulary: v.txt'));
    expect(message).toMatch(/sweep\.yaml:5:\d+: base\.data\.vocabulary must be a vocabulary.*has no \[SEP\]/s);
    expect((await mistakeIn(sweep('vocabulary: none.txt'))).message).toContain('none.txt: there is no such file');
  });
});
