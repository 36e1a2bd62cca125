import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readCheckpoint } from '../../src/checkpoint/read.ts';
import { makeTokenizerFiles } from '../../src/checkpoint/tokenizer-files.ts';
import { writeCheckpoint } from '../../src/checkpoint/write.ts';
import { UserError } from '../../src/errors.ts';
import { layout, UNREDUCED, type ModelShape } from '../../src/growth/layout.ts';
import { initialState } from '../../src/train/init.ts';
import { fixture } from './oracle.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'growbench-'));
});
afterEach(() => rm(folder, { recursive: true }));

const read = (...path: string[]) => readFile(join(...path));
const json = async (...path: string[]) => JSON.parse((await read(...path)).toString()) as Record<string, unknown>;

describe('what transformers saved, read and written again', () => {
  test('BertForMaskedLM has the same weights file, byte for byte', async () => {
    const out = join(folder, 'out');
    await writeCheckpoint(out, { ...(await readCheckpoint(fixture('bert'))), padding: 0 });
    expect((await read(out, 'model.safetensors')).equals(await read(fixture('bert'), 'model.safetensors'))).toBe(true);
    expect(await readdir(folder)).toEqual(['out']);
  });

  test('BertForPreTraining too, and it keeps its name', async () => {
    const out = join(folder, 'out');
    await writeCheckpoint(out, { ...(await readCheckpoint(fixture('pairs'))), padding: 0 });
    expect((await read(out, 'model.safetensors')).equals(await read(fixture('pairs'), 'model.safetensors'))).toBe(true);
    expect((await json(out, 'config.json')).architectures).toEqual(['BertForPreTraining']);
  });

  test('has the settings of the configuration, whatever transformers does not take for granted', async () => {
    const out = join(folder, 'out');
    await writeCheckpoint(out, { ...(await readCheckpoint(fixture('bert'))), padding: 0 });
    const { growbench, ...config } = await json(out, 'config.json');
    expect(await json(fixture('bert'), 'config.json')).toMatchObject(config);
    expect(growbench).toEqual({ format: 1, length: 16, norm: 'post' });
  });

  test('BertModel stays a BertModel, its pooler with it: no head is made up', async () => {
    const out = join(folder, 'out');
    const model = await readCheckpoint(fixture('brain'));
    await writeCheckpoint(out, { ...model, padding: 0 });
    expect((await json(out, 'config.json')).architectures).toEqual(['BertModel']);
    expect(await readCheckpoint(out)).toEqual(model);
    expect(model.pooler.get('pooler/kernel')?.shape).toEqual([12, 12]);
  });

  test("the tokenizer's files are those that transformers makes of the vocabulary", async () => {
    const { vocabulary, shape } = await readCheckpoint(fixture('bert'));
    const made = makeTokenizerFiles(vocabulary!, shape.positions);
    const parsed = (name: string) => JSON.parse(made.get(name)!) as unknown;
    expect(parsed('tokenizer.json')).toEqual(await json(fixture('bert'), 'tokenizer.json'));
    expect(await json(fixture('bert'), 'tokenizer_config.json')).toMatchObject(
      parsed('tokenizer_config.json') as object,
    );
    expect(made.get('vocab.txt')!.split('\n').slice(0, 6)).toEqual([
      '[PAD]',
      '[UNK]',
      '[CLS]',
      '[SEP]',
      '[MASK]',
      'the',
    ]);
  });
});

describe('a pre-norm model, which transformers has no class for', () => {
  const shape: ModelShape = {
    ...{ layers: 2, hidden: 8, heads: 2, ffn: 16, vocab: 20, positions: 12, norm: 'pre', length: 10, ...UNREDUCED },
  };
  const parameters = initialState(shape, { std: 0.02, positions: 'random' }, 1);
  const model = {
    shape,
    parameters,
    dropout: 0.2,
    pooler: new Map(),
    tokenizer: new Map<string, string>(),
    padding: 0,
  };

  test('comes back as it was, the norm after its layers included', async () => {
    const out = join(folder, 'out');
    await writeCheckpoint(out, model);
    const got = await readCheckpoint(out);
    expect(got).toMatchObject({ shape, dropout: 0.2, vocabulary: null });
    expect([...got.parameters]).toEqual(layout(shape).map(({ name }) => [name, parameters.get(name)]));
  });

  test('is of a type that transformers refuses rather than computes something else with', async () => {
    await writeCheckpoint(join(folder, 'out'), model);
    const config = await json(folder, 'out', 'config.json');
    expect(config.model_type).toBe('growbench');
    expect(config).not.toHaveProperty('architectures');
  });

  test('is never written over another folder, nor half', async () => {
    const out = join(folder, 'out');
    await writeCheckpoint(out, model);
    const before = await read(out, 'config.json');
    await expect(writeCheckpoint(out, { ...model, dropout: 0.5 })).rejects.toThrow(UserError);
    expect(await read(out, 'config.json')).toEqual(before);
    const broken = new Map([...parameters].slice(1));
    await expect(writeCheckpoint(join(folder, 'b'), { ...model, parameters: broken })).rejects.toThrow(
      'the model lacks embedding/tokens',
    );
    expect(await readdir(folder)).toEqual(['out']);
  });
});
