import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import type { CellRecord } from '../../src/run/record.ts';
import { openTrainer } from '../../src/train/trainer.ts';
import { inProcessWorker } from './in-process-worker.ts';
import { recordedIo } from './recorded-io.ts';

const SWEEP = `# Do pairs of texts teach what follows what?
seeds: 1
vary: [data.pairs]
base:
  model: { layers: 2, hidden: 16, heads: 2, ffn: 32, positions: 16, norm: pre, dropout: 0, init: { std: 0.25, positions: sinusoidal } }
  data: { corpus: [text.txt], vocab: 500, length: 16, mask: 0.25, glue: glue }
  train: { steps: 240, batch: 16, rate: 1e-2, evaluate: 240 }
  growth: { optimizer: carry, rate: continue }
  finetune: { tasks: [glue-rte], epochs: 1, batch: 8, rate: 1e-3 }
  schedule: [{ steps: 25%, depth: { stack: 1 } }, { steps: 75% }]
arms:
  packed: {}
  nsp: { data: { pairs: nsp } }
`;

const THINGS = ['ship', 'king', 'tree', 'law', 'river', 'army', 'bank', 'horse'];
/** Documents of six sentences about one thing: what follows, the thing tells. */
const documents = Array.from({ length: 400 }, (_, index) => {
  const thing = THINGS[index % THINGS.length]!;
  return Array.from({ length: 6 }, () => `${thing} `.repeat(6).trimEnd()).join('\n');
});

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'growbench-'));
  await writeFile(join(folder, 'pairs.yaml'), SWEEP);
  await writeFile(join(folder, 'text.txt'), documents.join('\n\n'));
  await mkdir(join(folder, 'glue/RTE'), { recursive: true });
  const rows = THINGS.map((thing, index) => {
    const label = index % 2 === 0 ? 'entailment' : 'not_entailment';
    return `${index}\tThe ${thing} is.\tA ${thing} is.\t${label}`;
  });
  const table = ['index\tsentence1\tsentence2\tlabel', ...rows, ''].join('\n');
  for (const split of ['train', 'dev']) await writeFile(join(folder, `glue/RTE/${split}.tsv`), table);
});
afterAll(() => rm(folder, { recursive: true, maxRetries: 5 }));

async function sweep() {
  const trainer = await openTrainer('wasm');
  const io = recordedIo({ env: { GROWBENCH_CACHE: folder }, worker: () => inProcessWorker(trainer) });
  const code = await main(
    ['sweep', join(folder, 'pairs.yaml'), '--results', join(folder, 'results'), '--jobs', '1', '--engine', 'wasm'],
    io,
  );
  return { code, err: io.stderr.text, forks: io.forks };
}
const results = (...names: string[]) => join(folder, 'results/pairs', ...names);

test('a sweep of arms with and without pairs runs to its tables, and says who learned what follows', async () => {
  const { code, err } = await sweep();
  expect([code, err]).toEqual([0, expect.not.stringContaining('failed')]);
  const cells = parse<Record<string, string>>(await readFile(results('cells.csv')), { columns: true });
  expect(cells.map(({ arm, status }) => [arm, status])).toEqual(['packed', 'nsp'].map((arm) => [arm, 'done']));
  const [packed, nsp] = cells.map((cell) => cell['nsp_accuracy']!);
  expect(packed).toBe('');
  // Guessing gives 0.5.
  expect(Number(nsp)).toBeGreaterThan(0.8);
  expect(cells.every((cell) => Number(cell['glue-rte.accuracy']) >= 0)).toBe(true);

  const records = await Promise.all(
    (await readdir(results('cells'))).map(
      async (name) => JSON.parse(await readFile(results('cells', name), 'utf8')) as CellRecord,
    ),
  );
  const byArm = Object.fromEntries(records.map((record) => [record.cell.arm, record]));
  expect(byArm['packed']!.result).not.toHaveProperty('nsp');
  expect(byArm['packed']!.cell.settings.data).not.toHaveProperty('pairs');
  expect(byArm['nsp']!.result!.growths).toHaveLength(1);
});

test('run again it trains nothing', async () => {
  const { code, forks } = await sweep();
  expect([code, forks]).toEqual([0, []]);
});
