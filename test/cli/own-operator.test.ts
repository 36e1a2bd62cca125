import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { main } from '../../src/cli/main.ts';
import type { CellRecord } from '../../src/run/record.ts';
import { sweepSchema } from '../../src/sweep/schema.ts';
import { openTrainer } from '../../src/train/trainer.ts';
import { inProcessWorker } from './in-process-worker.ts';
import { recordedIo } from './recorded-io.ts';

// README's operator, added as README says: by the one line in the registry.
vi.mock('../../src/growth/operators/index.ts', async (original) => {
  const { operators } = await original<typeof import('../../src/growth/operators/index.ts')>();
  const { mirror } = await import('../growth/toy/mirror.ts');
  return { operators: [...operators, mirror] };
});

const SWEEP = `# Does an operator of one's own work?
seeds: 1
base:
  model: { layers: 4, hidden: 8, heads: 2, ffn: 16, positions: 16, norm: pre, init: { std: 0.35 }, dropout: 0 }
  data: { corpus: [text.txt], vocab: 500, length: 16, mask: 0.25 }
  train: { steps: 20, batch: 64, rate: 1e-2, evaluate: 20 }
compare:
  steps: 60%
  cost: 60%
  depth: [mirror]
  width: [ffn-share: 2]
  compound: [mirror: 2, ffn-share: 2]
`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'growbench-'));
  await writeFile(join(folder, 'own.yaml'), SWEEP);
  const sentences = Array.from({ length: 2000 }, (_, index) => `Layer ${index % 17} attends to layer ${index % 5}.`);
  await writeFile(join(folder, 'text.txt'), sentences.join('\n\n'));
});
afterAll(() => rm(folder, { recursive: true, maxRetries: 5 }));

async function run(...argv: string[]) {
  const trainer = await openTrainer('wasm');
  const io = recordedIo({ env: { GROWBENCH_CACHE: folder }, worker: () => inProcessWorker(trainer) });
  const code = await main(argv, io);
  return { code, out: io.stdout.text, err: io.stderr.text };
}

test('the operator is the one that README shows', async () => {
  const toy = await readFile('test/growth/toy/mirror.ts', 'utf8');
  const shown = toy.replaceAll('../../../src/growth/', '../').trimEnd();
  expect((await readFile('README.md', 'utf8')).replaceAll(/^ {3}/gm, '')).toContain(`\`\`\`ts\n${shown}\n\`\`\``);
});

test('it is listed, without a measured change, and editors are offered it', async () => {
  const listed = await run('operators');
  expect(listed.out).toMatch(/^depth +mirror +layers +no +put the mirror image/m);
  const json = JSON.parse((await run('operators', '--json')).out) as { name: string; preservesFunction: object }[];
  expect(json.at(-1)).toMatchObject({ name: 'mirror', preservesFunction: { claimed: 'no', measured: null } });
  expect(JSON.stringify(sweepSchema())).toContain('put the mirror image of the trained layers above them');
});

test('it is planned, at a size solved for equal cost', async () => {
  const { code, out } = await run('plan', join(folder, 'own.yaml'));
  expect(code).toBe(0);
  expect(out).toMatch(/^depth +mirror +60% 2L f16 n16 → 40% 4L f16 n16 /m);
});

test('it is suggested where its name is misspelt', async () => {
  await writeFile(join(folder, 'misspelt.yaml'), SWEEP.replace('[mirror]', '[miror]'));
  const { code, err } = await run('plan', join(folder, 'misspelt.yaml'));
  expect(code).toBe(2);
  expect(err).toContain('Did you mean "mirror"?');
});

test('it grows models that a sweep trains, alone and together with another', async () => {
  const { code, out } = await run('sweep', join(folder, 'own.yaml'), '--results', folder);
  expect(code).toBe(0);
  expect(out).toMatch(/^depth +mirror /m);
  const cells = join(folder, 'own', 'cells');
  const texts = await Promise.all((await readdir(cells)).map((name) => readFile(join(cells, name), 'utf8')));
  const records = texts.map((text) => JSON.parse(text) as CellRecord);
  for (const arm of ['mirror', 'compound']) {
    const result = records.find(({ cell }) => cell.arm === arm)?.result;
    if (result?.status !== 'done') throw new Error(`${arm} was not trained`);
    expect(result.stages.map(({ shape }) => shape.layers)).toEqual([2, 4]);
    expect(result.growths).toHaveLength(1);
    expect(result.growths[0]!.after).not.toBe(result.growths[0]!.before);
    // Twenty steps learn which tokens there are: far better than guessing evenly.
    expect(result.loss).toBeLessThan(Math.log(500) - 1);
  }
});
