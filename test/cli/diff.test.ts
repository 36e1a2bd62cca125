import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { writeTables } from '../../src/report/index.ts';
import { planSweep } from '../../src/run/plan.ts';
import type { CellRecord } from '../../src/run/record.ts';
import { writeRecord } from '../../src/run/store.ts';
import { tasks } from '../../src/tasks/index.ts';
import { plan, recordOf, seconds } from '../report/records.ts';
import { recordedIo } from './recorded-io.ts';

const arms = plan.comparison.arms.map((arm) => {
  const { settings } = arm;
  return { ...arm, settings: { ...settings, finetune: { ...settings.finetune, tasks: ['wordnet-topic'] } } };
});
const eight = planSweep({ ...plan.comparison, arms, seeds: [0, 1, 2, 3, 4, 5, 6, 7] });
const metrics = new Map(tasks.map(({ name, metrics: own }) => [name, own]));

/** Eight seeds of two arms whose numbers are the seed's, plus `shift` in the arm `stack`. */
const recordsOf = (shift: number, others: Partial<CellRecord> = {}): CellRecord[] =>
  eight.cells.map((cell) => {
    const own = cell.arm === 'stack' ? shift : 0;
    const change = {
      loss: 5 + cell.seed / 10 + own,
      seconds: seconds(10 + cell.seed - (cell.arm === 'stack' ? 2 : 0)),
      tasks: {
        'wordnet-topic': { version: 1, metrics: { accuracy: 0.5 + cell.seed / 100 - own, macro_f1: 0.25 }, seconds: 1 },
      },
      curve: [6, 5 + cell.seed / 10 + 10 * own].map((loss, at) => ({
        step: at,
        flops: 1e6 * (at + 1),
        seconds: at + 1,
        loss,
      })),
    };
    return recordOf(cell, change, others);
  });

let folder = '';
async function results(name: string, records: readonly CellRecord[]): Promise<void> {
  for (const record of records) await writeRecord(join(folder, name), record);
  await writeTables(join(folder, name), eight, records, metrics, { version: '1', commit: null });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'growbench-'));
  await results('before', recordsOf(0));
  await results('after', recordsOf(0.01));
  await results('elsewhere', recordsOf(0, { engine: { name: 'wasm', device: 'cuda', versions: {} } }));
});
afterAll(() => rm(folder, { recursive: true }));

async function diff(...argv: readonly string[]) {
  const io = recordedIo();
  const paths = argv.map((word) =>
    word.startsWith('@') ? join(folder, word.slice(1)) : word.replace('=@', `=${folder}/`),
  );
  const code = await main(['diff', ...paths], io);
  return { code, out: io.stdout.text, err: io.stderr.text };
}
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

describe('as a git diff driver', () => {
  const git = promisify(execFile);

  test('is what results/README.md sets up', async () => {
    const text = await readFile('results/README.md', 'utf8');
    expect(text).toContain("git config diff.growbench.command 'growbench diff --git'");
    expect(text).toContain('*.csv diff=growbench');
  });

  test('compares the versions that git hands over, and those alone', async () => {
    const [before, after] = ['before', 'after'].map((name) => join(folder, name, 'cells.csv'));
    const { code, out } = await diff('--git', 'results/cells.csv', before!, 'abc', '100644', after!, 'def', '100644');
    expect(code).toBe(0);
    expect(out).toMatch(/^growbench diff a\/results\/cells.csv b\/results\/cells.csv\n/);
    expect(out).toMatch(/^loss +stack .* worse/m);
  });

  test('passes over what it cannot compare: an added file, a damaged one', async () => {
    const path = join(folder, 'before', 'cells.csv');
    const added = await diff('--git', 'x.csv', '/dev/null', '.', '.', path, 'abc', '100644');
    expect([added.code, added.out]).toEqual([0, 'growbench diff a/x.csv b/x.csv\nadded\n']);
    await writeFile(join(folder, 'damaged.csv'), 'arm,loss\nfull,low\n');
    const damaged = await diff('--git', 'x.csv', path, 'abc', '100644', '@damaged.csv', 'def', '100644');
    expect(damaged.code).toBe(0);
    expect(damaged.out).toContain('not compared: ');
    expect(damaged.out).toContain(':2, column 2 (loss): must be a number, got "low"');
  });

  test('gets seven arguments from git', async () => {
    const repository = join(folder, 'repository');
    const run = (...argv: readonly string[]) =>
      git('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', '-C', repository, ...argv]);
    await git('git', ['init', '--quiet', repository]);
    await writeFile(join(repository, '.gitattributes'), '*.csv diff=growbench\n');
    await writeFile(join(repository, 'cells.csv'), await readFile(join(folder, 'before', 'cells.csv')));
    await run('add', '.');
    await run('commit', '--quiet', '-m', 'before');
    await writeFile(join(repository, 'cells.csv'), await readFile(join(folder, 'after', 'cells.csv')));
    const { stdout } = await run('-c', 'diff.growbench.command=printf "%s\\n"', '--no-pager', 'diff', '--ext-diff');
    const given = stdout.trimEnd().split('\n');
    expect(given).toHaveLength(7);
    expect([given[0], given[3], given[4]]).toEqual(['cells.csv', '100644', 'cells.csv']);
  });
});
