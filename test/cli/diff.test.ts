import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENGINE, failure, recordOf } from '../report/records.ts';
import { recordsOf, runDiff, writeResults } from './diff-results.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'growbench-'));
  await writeResults(join(folder, 'before'), recordsOf(0));
  await writeResults(join(folder, 'after'), recordsOf(0.01));
  await writeResults(join(folder, 'elsewhere'), recordsOf(0, { engine: { ...ENGINE, device: 'cuda' } }));
});
afterAll(() => rm(folder, { recursive: true }));
const diff = (...argv: readonly string[]) => runDiff(folder, argv);
const golden = (name: string) => join('test', 'fixtures', 'diff', name);

describe('the formats of a diff', () => {
  test.each(['text', 'markdown', 'csv', 'json'])('%s', async (format) => {
    const { code, out } = await diff('before=@before', 'after=@after', '--format', format);
    expect(code).toBe(0);
    await expect(out).toMatchFileSnapshot(resolve(golden(`two-folders.${format}`)));
  });

  test('the CSV is rectangular, and its numbers are those of the JSON', async () => {
    const csv = (await diff('before=@before', 'after=@after', '--format', 'csv')).out;
    const rows: Record<string, string>[] = parse(csv, { columns: true });
    const { comparisons } = JSON.parse((await diff('before=@before', 'after=@after', '--format', 'json')).out) as {
      comparisons: {
        rows: { name: string; metric: { name: string }; contrast: { delta: { value: number | null } } }[];
      }[];
    };
    const own = comparisons[0]!.rows;
    expect(rows.map(({ metric, arm }) => [metric, arm])).toEqual(own.map(({ metric, name }) => [metric.name, name]));
    expect(rows.map(({ delta }) => delta)).toEqual(own.map(({ contrast }) => contrast.delta.value?.toFixed(6) ?? ''));
  });
});

describe('what is compared', () => {
  const verdicts = async (...argv: readonly string[]) => {
    const { out } = await diff(...argv, '--format', 'csv');
    const rows: Record<string, string>[] = parse(out, { columns: true });
    return Object.fromEntries(rows.map(({ metric, arm, verdict }) => [`${metric!} ${arm!}`, verdict]));
  };

  test('of two folders: worse in what changed, equal in the rest', async () => {
    expect(await verdicts('@before', '@after')).toMatchObject({
      'loss full': 'equal',
      'loss stack': 'worse',
      'score stack': 'worse',
      'flops stack': 'equal',
      'speedup_to_loss stack': 'missing',
      'speedup_flops stack': 'equal',
    });
  });

  test('a folder and its own cells.csv are equal in everything that both have', async () => {
    expect(new Set(Object.values(await verdicts('@before', '@before/cells.csv')))).toEqual(new Set(['equal']));
  });

  test('means of a results.csv are compared, but not tested', async () => {
    const { out, err } = await diff('@before/results.csv', '@after/results.csv', '--metric', 'loss', '--format', 'csv');
    expect(out).toMatch(/^loss,.*,untested,/m);
    expect(err).toContain('holds means');
  });

  test('several candidates with the first', async () => {
    const { out } = await diff('a=@before', 'b=@after', 'c=@elsewhere', '--metric', 'loss', '--format', 'csv');
    const rows: Record<string, string>[] = parse(out, { columns: true });
    expect(rows.map(({ reference, candidate }) => `${reference!} ${candidate!}`)).toEqual(['a b', 'a b', 'a c', 'a c']);
  });

  test('another device is warned of', async () => {
    const { out } = await diff('a=@before', 'b=@elsewhere');
    expect(out).toContain('not comparable: device is cpu, 1 thread in a, cuda in b');
  });
});

describe('a CSV is known by the results.meta.json beside it', () => {
  const warnings = async (...argv: readonly string[]) => {
    const { out } = await diff(...argv, '--format', 'json');
    return (JSON.parse(out) as { comparisons: { warnings: string[] }[] }).comparisons[0]!.warnings;
  };
  const copied = async (name: string, ...files: readonly string[]) => {
    await mkdir(join(folder, name));
    for (const file of files) await copyFile(join(folder, 'before', file), join(folder, name, file));
    return join(folder, name, 'results.meta.json');
  };

  test.each(['cells.csv', 'results.csv'])('%s of another device is warned of, as its folder is', async (file) => {
    const said = await warnings(`a=@before/${file}`, `b=@elsewhere/${file}`);
    expect(said).toContain('not comparable: device is cpu, 1 thread in a, cuda in b');
    expect(said.filter((text) => text.includes('not known'))).toEqual([]);
  });

  test('of other settings too', async () => {
    const meta = await copied('slower', 'cells.csv', 'results.meta.json');
    await writeFile(meta, (await readFile(meta, 'utf8')).replaceAll('"batch": ', '"batch": 9'));
    const said = await warnings('a=@before/cells.csv', 'b=@slower/cells.csv');
    expect(said.filter((text) => /^setting \S+\.batch of full differs between a and b: \d+ and 9\d+$/.test(text))).not.toEqual([]); // prettier-ignore
  });

  test('but one that lies alone is not known', async () => {
    await copied('alone', 'cells.csv');
    expect(await warnings('a=@before', 'b=@alone/cells.csv')).toEqual([
      'engine, device, versions and text of b are not known: a CSV alone does not tell',
    ]);
  });

  test('a file that is of other arms, or damaged, is said not to be used', async () => {
    const meta = await copied('other', 'cells.csv', 'results.meta.json');
    await writeFile(meta, (await readFile(meta, 'utf8')).replace('"name": "stack"', '"name": "pile"'));
    expect(await warnings('a=@before', 'b=@other/cells.csv')).toEqual([
      expect.stringMatching(/^b: the results.meta.json beside it knows nothing of some of its arms/),
      expect.stringContaining('of b are not known'),
    ]);
    await writeFile(meta, '{"format": 1, "comparison": {}}');
    expect((await warnings('a=@before', 'b=@other/cells.csv'))[0]).toMatch(/^b: .* is not the file that this version/);
  });
});

describe('exit codes', () => {
  test('1 when a gate is tripped, and says by what', async () => {
    const { code, err } = await diff('a=@before', 'b=@after', '--fail-on', 'loss:+0.005', '--fail-on', 'score:-50');
    expect(code).toBe(1);
    expect(err).toBe('growbench: --fail-on loss:+0.005: stack in b: loss rises by 0.01\n');
  });

  test('0 when none is', async () => {
    const argv = ['@before', '@after', '--fail-on', 'loss:+0.05', '--fail-on', 'speedup_flops:-5%'];
    expect((await diff(...argv)).code).toBe(0);
  });

  test.each([
    [['@before'], 'compares at least two'],
    [['@before', '@nowhere'], 'nowhere does not exist'],
    [['@before', '@before/cells'], 'is not a results folder'],
    [['@before', '@before/results.meta.json'], 'growbench: '],
    [['@before', '@after', '--metric', 'lss'], 'has a number in lss'],
    [['@before', '@after', '--key', 'armm'], 'has no column "armm"'],
    [['@before', '@after', '--fail-on', 'loss'], 'is not METRIC:LIMIT'],
    [['@before', '@after', '--fail-on', 'recall:-1'], 'no row of'],
    [['@before', '@after', '--level', '2'], 'between 0 and 1'],
  ])('2 for %j', async (argv, said) => {
    const { code, out, err } = await diff(...argv);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(said);
    expect(err).not.toMatch(/^ +at /m);
  });
});

test('a cell that failed and one without a score are missing, not 0', async () => {
  const [first, second, third, fourth, ...rest] = recordsOf(0);
  const hurt = [
    first!,
    failure(second!.cell, 'out of memory'),
    third!,
    recordOf(fourth!.cell, { ...fourth!.result, tasks: {} }),
    ...rest,
  ];
  await writeResults(join(folder, 'hurt'), hurt);
  const { code, out, err } = await diff('a=@before', 'b=@hurt', '--metric', 'score', '--fail-on', 'score:-50');
  expect(out).toMatch(/^score +stack +54.50 ± [\d.]+ +54.50 .* 6 /m);
  expect(out).toContain('b: 1 cell failed');
  expect(out).toContain('b: 1 cell without score');
  expect([code, err]).toEqual([1, 'growbench: --fail-on score:-50: stack in b: 2 more cells have no score\n']);
});
