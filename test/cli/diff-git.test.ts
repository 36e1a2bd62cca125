import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordsOf, runDiff, writeResults } from './diff-results.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'growbench-'));
  await writeResults(join(folder, 'before'), recordsOf(0));
  await writeResults(join(folder, 'after'), recordsOf(0.01));
});
afterAll(() => rm(folder, { recursive: true }));
const diff = (...argv: readonly string[]) => runDiff(folder, argv);

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
