import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { operatorMarkdown } from '../src/cli/commands/operators.ts';
import { loadSweep } from '../src/sweep/load.ts';

const readme = await readFile('README.md', 'utf8');
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, text]) => text!);

test('the two commands are those that CI runs', async () => {
  const commands = blocks('console').flatMap((block) => [...block.matchAll(/^\$ (.*)$/gm)].map(([, line]) => line!));
  expect(commands).toEqual(['npm ci && npx growbench sweep experiments/quickstart.yaml', 'npm test']);
  const ci = await readFile('.ci/run', 'utf8');
  for (const command of commands.flatMap((line) => line.split(' && '))) expect(ci).toContain(command);
});

test('the sweep file is one that loads', async () => {
  const [sweep] = blocks('yaml');
  const folder = await mkdtemp(join(tmpdir(), 'growbench-'));
  const path = join(folder, 'readme.yaml');
  await writeFile(path, sweep!);
  const { arms } = await loadSweep(path);
  expect(arms.map(({ name }) => name)).toEqual(['full', 'stack', 'compound']);
  await rm(folder, { recursive: true });
});

// The built program: `npm test` builds it first.
const mentioned = new Set(
  [...readme.matchAll(/`(?:npx )?growbench ((?:plan|operators|tasks)[^`]*)`/g)].map(([, words]) => words!),
);
test.each([...mentioned])('growbench %s runs', async (words) => {
  const { stdout } = await promisify(execFile)(process.execPath, ['bin/growbench.js', ...words.split(' ')]);
  expect(stdout.length).toBeGreaterThan(100);
});

test('files that it links to are there', async () => {
  const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path]) => path!);
  expect(links.length).toBeGreaterThan(3);
  for (const path of links) await expect(stat(path), path).resolves.toBeDefined();
});

test('its table of operators is the one that is printed', () => {
  expect(readme).toContain(operatorMarkdown());
});
