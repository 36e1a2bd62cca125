import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { planStages, planSweep } from '../../src/run/plan.ts';
import { cellsOf } from '../../src/run/spec.ts';
import { loadSweep } from '../../src/sweep/load.ts';
import { fixture } from '../checkpoint/oracle.ts';
import { mistakeOf } from './folder.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'growbench-'));
  cpSync(fixture('bert'), join(folder, 'bert'), { recursive: true });
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const MODEL = 'layers: 6, hidden: 12, heads: 3, ffn: 24, positions: 16';
const sweep = (model: string, rest = 'arms: { full: {} }', data = 'length: 16'): string => `base:
  model: { ${model} }
  train: { steps: 0, rate: 1e-3 }
  data: { ${data} }
${rest}
`;
const FROM = `${MODEL}, init: { checkpoint: bert }`;

function load(text: string) {
  writeFileSync(join(folder, 'sweep.yaml'), text);
  return loadSweep(join(folder, 'sweep.yaml'));
}
const settled = async (text: string) => ({ ...(await load(text)), engine: { name: 'wasm', xla: 'off' } as const });
const idOf = async (text: string) => cellsOf(await settled(text))[0]!.id;

const mistakeIn = (text: string) => mistakeOf(load(text));

describe('a checkpoint that an arm starts from', () => {
  test('is found from the sweep file, and its vocabulary is the arm’s', async () => {
    const { model, data } = (await load(sweep(FROM))).arms[0]!.settings;
    expect(model.init).toEqual({ std: 0.02, positions: 'random', checkpoint: join(folder, 'bert') });
    expect(data.vocab).toBe(60);
  });

  test('names a cell by what is in its files, not by where they lie', async () => {
    const before = await idOf(sweep(FROM));
    cpSync(join(folder, 'bert'), join(folder, 'elsewhere'), { recursive: true });
    expect(await idOf(sweep(FROM.replace('bert', 'elsewhere')))).toBe(before);
    const weights = readFileSync(join(folder, 'elsewhere/model.safetensors'));
    weights.writeFloatLE(0.5, weights.length - 4);
    writeFileSync(join(folder, 'elsewhere/model.safetensors'), weights);
    expect(await idOf(sweep(FROM.replace('bert', 'elsewhere')))).not.toBe(before);
    expect(await idOf(sweep(MODEL, undefined, 'length: 16, vocab: 1000'))).not.toBe(before);
  });

  test('may be the first of several stages', async () => {
    const arms = `arms:
  grown: { schedule: [{ steps: 50%, depth: { stack: 6 } }, { steps: 50% }] }`;
    const grown = sweep(FROM.replace('layers: 6', 'layers: 12'), arms);
    expect((await load(grown)).arms[0]!.settings.model.layers).toBe(12);
  });

  test('may be grown before the first step, which a model that has none of its numbers may not', async () => {
    const arms = `arms:
  grown: { schedule: [{ steps: 0%, depth: { stack: 6 } }, { steps: 100% }] }`;
    const text = sweep(FROM.replace('layers: 6', 'layers: 12'), arms).replace('steps: 0,', 'steps: 50,');
    expect(planStages((await load(text)).arms[0]!.settings).map(({ steps }) => steps)).toEqual([0, 50]);
    const untrained = text.replace(', init: { checkpoint: bert }', '');
    expect((await mistakeIn(untrained)).message).toContain('a stage must last at least one step, got 0% of 50 steps');
  });

  test.each([
    [
      'of another shape',
      sweep('layers: 4, hidden: 12, heads: 2, init: { checkpoint: bert }', undefined, 'length: 8, vocab: 300'),
      "model.init.checkpoint must be the first stage's model, got layers 4 for its 6, heads 2 for its 3, ffn 48 for its 24, positions 128 for its 16, vocab 300 for its 60",
      'Give `model: { layers: 6, heads: 3, ffn: 24, positions: 16 }`. Leave data.vocab out',
    ],
    [
      'larger than the first stage',
      sweep(FROM, 'arms: { grown: { schedule: [{ steps: 50%, depth: { stack: 3 } }, { steps: 50% }] } }'),
      'got layers 3 for its 6',
      'The first stage needs layers: 6.',
    ],
    [
      'of whose parameters the first stage has others',
      sweep(FROM, 'arms: { grown: { schedule: [{ steps: 50%, attention: { share-attention: 2 } }, { steps: 50% }] } }'),
      'got shared attention there',
      'reduce in another way',
    ],
    ['that is not there', sweep(FROM.replace('bert', 'nowhere')), 'must be a folder that exists, got "nowhere"', ''],
    ['that is a file', sweep(FROM.replace('bert', 'bert/config.json')), 'must be a folder that exists', ''],
    ['that is none', sweep(FROM.replace('bert', '.')), 'must be a checkpoint, but', 'save_pretrained'],
  ])('is refused where it is one %s', async (_, text, words, hint) => {
    const { message } = await mistakeIn(text);
    expect(message).toContain(words);
    expect(message).toContain(hint);
    expect(message).toMatch(/sweep\.yaml:[2-6]:/);
  });

  test('leaves no room for another vocabulary, not even its own; an arm that starts from one leaves the base’s', async () => {
    const both = sweep(FROM, undefined, 'length: 16, vocabulary: bert/tokenizer.json');
    const words = "data.vocabulary must not be given beside model.init.checkpoint, whose vocabulary is the model's";
    expect((await mistakeIn(both)).message).toContain(words);
    const arms = `vary: [model.init, data]
arms: { drawn: {}, started: { model: { init: { checkpoint: bert } } } }`;
    const apart = await load(sweep(MODEL, arms, 'length: 16, vocabulary: bert/tokenizer.json'));
    expect(apart.arms.map(({ settings }) => settings.data.vocabulary)).toEqual([
      join(folder, 'bert/tokenizer.json'),
      undefined,
    ]);
  });

  test('with PyTorch’s own file alone is told how to convert it', async () => {
    rmSync(join(folder, 'bert/model.safetensors'));
    writeFileSync(join(folder, 'bert/pytorch_model.bin'), '');
    const { message } = await mistakeIn(sweep(FROM));
    expect(message).toContain('pytorch_model.bin is not read');
    expect(message).toContain('AutoModelForMaskedLM.from_pretrained(');
    expect(message).toContain('.save_pretrained(');
  });

  test('without the tokens that frame a text is refused before anything runs', async () => {
    rmSync(join(folder, 'bert/tokenizer.json'));
    writeFileSync(join(folder, 'bert/vocab.txt'), 'a\nb\n[UNK]\n[CLS]\n[PAD]\n[MASK]\n');
    expect((await mistakeIn(sweep(FROM))).message).toContain('its vocabulary has no [SEP]');
    rmSync(join(folder, 'bert/vocab.txt'));
    expect((await mistakeIn(sweep(FROM))).message).toContain('it has no vocabulary');
  });
});

describe('no steps of pre-training', () => {
  test('leave a plan without FLOPs and without a speedup, and no stage is too short', async () => {
    const rest = `vary: [schedule, data.length]
arms: { full: {}, grown: { schedule: [{ steps: 50%, width: { ffn-share: 2 } }, { steps: 50% }] } }`;
    const plan = planSweep(await settled(sweep(MODEL, rest)));
    expect(plan.arms.map(({ flops, speedupFlops }) => [flops, speedupFlops])).toEqual([
      [0, null],
      [0, null],
    ]);
    expect(plan.arms[1]!.stages.map(({ steps, warmup }) => [steps, warmup])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });
});
