import { execFileSync } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCheckpoint } from '../../src/checkpoint/read.ts';
import { UserError } from '../../src/errors.ts';
import { drawsAt, type Draws } from '../../src/text/random.ts';
import { fixture } from './oracle.ts';

let folder = '';
let sound: Buffer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'growbench-'));
  sound = await readFile(join(fixture('bert'), 'model.safetensors'));
  await restore();
});
afterAll(() => rm(folder, { recursive: true }));

async function restore() {
  await rm(join(folder, 'model.safetensors'), { force: true });
  for (const name of ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json']) {
    await copyFile(join(fixture('bert'), name), join(folder, name));
  }
}

interface Entry {
  dtype: unknown;
  shape: unknown;
  data_offsets: unknown;
}
type Header = Record<string, Entry>;

const split = () => {
  const size = Number(sound.readBigUInt64LE(0));
  return { header: JSON.parse(sound.subarray(8, 8 + size).toString()) as Header, data: sound.subarray(8 + size) };
};

function joined(header: unknown, data: Buffer): Buffer {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([prefix, json, data]);
}

/** A file whose header says something else of one tensor. */
function altered(draws: Draws, change: (entry: Entry, header: Header, name: string) => void): Buffer {
  const { header, data } = split();
  const names = Object.keys(header).filter((name) => name !== '__metadata__');
  const name = names[draws.below(names.length)]!;
  change(header[name]!, header, name);
  return joined(header, data);
}

const pick = <T>(draws: Draws, values: readonly T[]): T => values[draws.below(values.length)]!;
const NO_SIZE = [-1, 0.5, 1e300, 2 ** 53, '4', null, [1], {}];

const offsets = ({ data_offsets: own }: Entry) => own as [number, number];
const shift = (draws: Draws) => (draws.below(2) === 0 ? 4 : -4) * (1 + draws.below(20));

/** Ways to break a safetensors file; none leaves a sound one. */
const BREAKS: Readonly<Record<string, (draws: Draws) => Buffer>> = {
  'cut short': (draws) => sound.subarray(0, draws.below(sound.length)),
  'too long': (draws) => Buffer.concat([sound, Buffer.alloc(1 + draws.below(1000))]),
  'a header of another size': (draws) => {
    const bytes = Buffer.from(sound);
    const sizes = [0, 1, 7, Number(sound.readBigUInt64LE(0)) - 2, sound.length - 8, sound.length, 2 ** 31, 2 ** 40];
    bytes.writeBigUInt64LE(draws.below(4) === 0 ? 0xffffffffffffffffn : BigInt(pick(draws, sizes)));
    return bytes;
  },
  'a header that is no JSON': (draws) => {
    const at = draws.below(1000);
    const text = JSON.stringify(split().header);
    return joined(
      `${text.slice(0, at)}${pick(draws, ['}', '\\', '\u0000', '"', '[[[['])}${text.slice(at)}]`,
      split().data,
    );
  },
  'a header that is nested deeply': (draws) => joined('['.repeat(2e5) + ']'.repeat(draws.below(2e5)), split().data),
  'a header that is no object': (draws) => joined(pick(draws, ['[]', '1', 'null', '"F32"', '{}', '']), split().data),
  'a tensor that is no object': (draws) =>
    altered(draws, (_, header, name) => {
      header[name] = pick<unknown>(draws, [null, 1, [], 'F32', {}]) as Entry;
    }),
  'an offset that is none': (draws) =>
    altered(draws, (entry) => {
      const wrong: unknown[] = [...offsets(entry)];
      wrong[draws.below(2)] = pick<unknown>(draws, NO_SIZE);
      entry.data_offsets = pick<unknown>(draws, [wrong, wrong, [], [0], [0, 4, 8], null, 'x']);
    }),
  'a shape that is none': (draws) =>
    altered(draws, (entry) => {
      entry.shape = pick<unknown>(draws, [
        [...(entry.shape as number[]), pick<unknown>(draws, NO_SIZE)],
        4,
        null,
        '12',
      ]);
    }),
  'a shape of more numbers than fit': (draws) =>
    altered(draws, (entry) => {
      entry.shape = pick(draws, [
        [1e9, 1e9, 1e9],
        [2 ** 52, 2 ** 12],
        new Array<number>(9).fill(1),
        [2 ** 53 - 1, 2 ** 53 - 1],
      ]);
    }),
  'a tensor that overlaps another or leaves a gap': (draws) =>
    altered(draws, (entry) => {
      const by = shift(draws);
      entry.data_offsets = offsets(entry).map((offset) => offset + by);
    }),
  'bytes between two tensors': (draws) => {
    const { header, data } = split();
    const gap = 4 * (1 + draws.below(100));
    const entries = Object.entries(header).filter(([name]) => name !== '__metadata__');
    const [from] = offsets(entries[draws.below(entries.length)]![1]);
    for (const [, entry] of entries) {
      if (offsets(entry)[0] >= from) entry.data_offsets = offsets(entry).map((offset) => offset + gap);
    }
    return joined(header, Buffer.concat([data.subarray(0, from), Buffer.alloc(gap), data.subarray(from)]));
  },
  'a tensor outside the file': (draws) =>
    altered(draws, (entry) => {
      entry.data_offsets = offsets(entry).map((offset) => offset + 2 ** (20 + draws.below(32)));
    }),
  'two tensors in one place': (draws) =>
    altered(draws, (entry, header) => {
      header[`copy ${draws.below(100)}`] = { ...entry };
    }),
  'an unknown type': (draws) =>
    altered(draws, (entry) => {
      entry.dtype = pick<unknown>(draws, ['F33', 'f32', '', null, 32, 'F32 ', '__proto__', 'constructor', ['F32']]);
    }),
  'a type of another size': (draws) =>
    altered(draws, (entry) => {
      entry.dtype = pick(draws, ['F16', 'BF16', 'F64', 'I8', 'I64']);
    }),
  'a type that no weights have': (draws) =>
    altered(draws, (entry) => {
      entry.dtype = pick(draws, ['I32', 'U32']);
    }),
  'a tensor under another name': (draws) =>
    altered(draws, (entry, header, name) => {
      const others = ['\u001b[31mred', 'x'.repeat(5000), `${name}.`, 'bert.encoder.layer.6.output.dense.bias', ''];
      header[pick(draws, others)] = entry;
      Reflect.deleteProperty(header, name);
    }),
  'a tensor that is described twice': (draws) => {
    const { header, data } = split();
    const names = Object.keys(header).filter((name) => name !== '__metadata__');
    const [name, other] = [names[draws.below(names.length)]!, names[draws.below(names.length - 1)]!];
    const entry = other === name ? header[names.at(-1)!]! : header[other]!;
    const text = JSON.stringify(header);
    return joined(`${text.slice(0, -1)},${JSON.stringify(name)}:${JSON.stringify(entry)}}`, data);
  },
  'a shape of what is no number in JSON': (draws) => {
    const text = JSON.stringify(split().header);
    return joined(
      text.replace(/"shape":\[/, `"shape":[${pick(draws, ['NaN', 'Infinity', '-Infinity', '0x4'])},`),
      split().data,
    );
  },
  'another shape of the same size': (draws) =>
    altered(draws, (entry) => {
      entry.shape = [1, ...(entry.shape as number[])];
    }),
  'numbers that are none': (draws) => {
    const bytes = Buffer.from(sound);
    const data = split().data.length;
    const at = bytes.length - data + 4 * draws.below(data / 4);
    bytes.writeFloatLE(pick(draws, [NaN, Infinity, -Infinity]), at);
    return bytes;
  },
};

const PER_BREAK = Math.ceil(200 / Object.keys(BREAKS).length);

describe('a broken model.safetensors gives a message that says where, within a second', () => {
  test.each(Object.entries(BREAKS))('%s', async (name, breaks) => {
    for (let trial = 0; trial < PER_BREAK; trial += 1) {
      await writeFile(join(folder, 'model.safetensors'), breaks(drawsAt(7, 1, trial, name.length)));
      const started = performance.now();
      const error = await readCheckpoint(folder).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      expect(error, `trial ${trial}`).toBeInstanceOf(UserError);
      expect(performance.now() - started).toBeLessThan(1000);
      const { message } = error as UserError;
      expect(message).toMatch(/model\.safetensors: .*(tensors? "|byte|at least 8 bytes)/);
      expect(message.length).toBeLessThan(600);
      expect(message).toMatch(/^[ -~…]*$/);
    }
  });
});

describe('so do broken files beside it', () => {
  const config = async (change: object) => {
    const text = await readFile(join(fixture('bert'), 'config.json'), 'utf8');
    return JSON.stringify({ ...(JSON.parse(text) as object), ...change });
  };

  test.each<[object, string]>([
    [{ hidden_size: 1e9 }, 'hidden_size must be a whole number from 1 to 65536, got 1000000000'],
    [{ num_hidden_layers: 0 }, 'num_hidden_layers must be a whole number from 1 to 1000, got 0'],
    [{ num_hidden_layers: 1000 }, 'there must be a tensor "bert.encoder.layer.6.'],
    [{ num_hidden_layers: 5 }, 'tensor "bert.encoder.layer.5.attention.output.LayerNorm.bias" belongs to no layer'],
    [{ num_attention_heads: 5 }, 'num_attention_heads must divide hidden_size, got 5 and 12'],
    [{ intermediate_size: 25 }, 'must be [25, 12] to fit config.json, got [24, 12]'],
    [{ vocab_size: null }, 'vocab_size must be a whole number from 1 to 1048576, got null'],
    [{ vocab_size: 10 }, "the vocabulary must fit the token table's 10 rows"],
    [{ vocab_size: 61 }, 'must be [61, 12] to fit config.json, got [60, 12]'],
    [{ hidden_act: 'relu' }, 'hidden_act must be "gelu", got "relu"'],
    [{ layer_norm_eps: 1e-5 }, 'layer_norm_eps must be 1e-12, got 0.00001'],
    [{ model_type: 'gpt2' }, 'model_type must be "bert", got "gpt2"'],
    [{ hidden_dropout_prob: 'a' }, 'hidden_dropout_prob must be from 0 to below 1, got "a"'],
    [{ growbench: { length: 17 } }, 'growbench.length must be a whole number from 1 to 16, got 17'],
  ])('config.json with %j', async (change, message) => {
    await restore();
    await writeFile(join(folder, 'config.json'), await config(change));
    await expect(readCheckpoint(folder)).rejects.toThrow(UserError);
    await expect(readCheckpoint(folder)).rejects.toThrow(message);
  });

  test.each([
    ['config.json', '{', 'config.json: it must be JSON'],
    ['config.json', ' '.repeat(2 ** 20 + 1), 'config.json: it must not be larger than 1048576 bytes'],
    ['tokenizer.json', '[]', 'tokenizer.json: it must be a JSON object'],
    ['tokenizer.json', '{"model":{"type":"BPE","vocab":{}}}', 'model must be a WordPiece vocabulary, got "BPE"'],
    ['tokenizer.json', '{"model":{"type":"WordPiece","vocab":{"a":0,"b":0}}}', 'none has 1'],
    ['tokenizer.json', '{"model":{"type":"WordPiece","vocab":{"a":1e99}}}', 'ids must number the 1 entries from 0'],
  ])('%s holding %.60j', async (name, text, message) => {
    await restore();
    await writeFile(join(folder, name), text);
    await expect(readCheckpoint(folder)).rejects.toThrow(UserError);
    await expect(readCheckpoint(folder)).rejects.toThrow(message);
  });

  test('a head whose output kernel is not the token table', async () => {
    await restore();
    const { header, data } = split();
    const table = header['bert.embeddings.word_embeddings.weight']!;
    const [start, end] = offsets(table);
    header['cls.predictions.decoder.weight'] = { ...table, data_offsets: [data.length, data.length + end - start] };
    const tied = Buffer.from(data.subarray(start, end));
    await writeFile(join(folder, 'model.safetensors'), joined(header, Buffer.concat([data, tied])));
    await expect(readCheckpoint(folder)).resolves.toMatchObject({ leftOut: [] });
    tied.writeFloatLE(9, 40);
    await writeFile(join(folder, 'model.safetensors'), joined(header, Buffer.concat([data, tied])));
    await expect(readCheckpoint(folder)).rejects.toThrow('"cls.predictions.decoder.weight" must equal the one');
  });

  test.skipIf(totalmem() > 500e9)(
    'weights that take no room on the disk, since they are a hole, and more memory than there is',
    async () => {
      await restore();
      const { header } = split();
      const [hidden, vocab] = [2 ** 16, 2 ** 20];
      let end = 0;
      for (const [name, entry] of Object.entries(header)) {
        if (name === '__metadata__') continue;
        const wide = (entry.shape as number[]).map(
          (size) =>
            new Map([
              [12, hidden],
              [60, vocab],
            ]).get(size) ?? size,
        );
        const start = end;
        end += wide.reduce((product, size) => product * size, 4);
        header[name] = { ...entry, shape: wide, data_offsets: [start, end] };
      }
      await writeFile(
        join(folder, 'config.json'),
        await config({ hidden_size: hidden, vocab_size: vocab, num_attention_heads: 1 }),
      );
      const start = joined(header, Buffer.alloc(0));
      await writeFile(join(folder, 'model.safetensors'), start);
      await truncate(join(folder, 'model.safetensors'), start.length + end);
      await expect(readCheckpoint(folder)).rejects.toThrow(/the model needs \d{3} GB of memory, twice/);
    },
  );

  test.skipIf(process.platform === 'win32')("a pipe in the weights' place", async () => {
    await restore();
    await rm(join(folder, 'model.safetensors'));
    execFileSync('mkfifo', [join(folder, 'model.safetensors')]);
    await expect(readCheckpoint(folder)).rejects.toThrow('model.safetensors: it must be a file');
  });

  test('a folder that is none, and one whose weights are of another format', async () => {
    await expect(readCheckpoint(join(folder, 'nowhere'))).rejects.toThrow(
      'is not a checkpoint: there is no config.json',
    );
    await restore();
    await rm(join(folder, 'model.safetensors'));
    await writeFile(join(folder, 'pytorch_model.bin'), '');
    const error: unknown = await readCheckpoint(folder).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toContain('there is no model.safetensors');
    expect((error as UserError).hint).toContain('pytorch_model.bin is not read');
  });
});
