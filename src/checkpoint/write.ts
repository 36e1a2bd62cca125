import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { dims, layout, type ModelShape } from '../growth/layout.ts';
import { FILES, type CheckpointParameters, type Pooler, type TokenizerFiles } from './checkpoint.ts';
import { makeConfig } from './config.ts';
import { bertName, isHead, isTransposed, POOLER } from './names.ts';
import { transpose } from './transpose.ts';

/** A model about to be written. */
export interface NewCheckpoint {
  readonly shape: ModelShape;
  /** Every parameter of `layout(shape)`, where no reduction but that of sizes has touched the shape; the masked-LM head may be left out as a whole. */
  readonly parameters: CheckpointParameters;
  readonly dropout: number;
  readonly pooler: Pooler | null;
  readonly tokenizer: TokenizerFiles;
  /** Id of [PAD]. */
  readonly padding: number;
}

/**
 * Writes a model as a Hugging Face folder, which transformers loads as BertForMaskedLM (a pre-norm model only
 * growbench loads). The folder is there whole or not at all: it is filled under another name, synced and renamed.
 * Throws a UserError where the place cannot be written to or is taken already.
 */
export async function writeCheckpoint(folder: string, model: NewCheckpoint): Promise<void> {
  const place = resolve(folder);
  const draft = join(dirname(place), `.${basename(place)}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    await mkdir(draft, { recursive: true });
    await writeWeights(join(draft, FILES.weights), model);
    const hasHead = layout(model.shape).some((parameter) => isHead(parameter) && model.parameters.has(parameter.name));
    await writeFile(join(draft, FILES.config), makeConfig(model, hasHead, model.padding));
    for (const [name, text] of model.tokenizer) await writeFile(join(draft, name), text);
    await rename(draft, place);
  } catch (error) {
    await rm(draft, { recursive: true, force: true }).catch(() => undefined);
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new UserError(`${folder} cannot be written: ${error.message}`, 'Mend that, or choose another folder.', {
      cause: error,
    });
  }
}

interface Tensor {
  readonly name: string;
  readonly size: readonly number[];
  /** The tensor's numbers in the file's order: made when they are written, one tensor after another. */
  readonly numbers: () => Float32Array;
}

/** In the order in which the safetensors library lays them down: by name. */
function tensorsOf({ shape, parameters, pooler }: NewCheckpoint): Tensor[] {
  const tensors = layout(shape)
    .filter((parameter) => parameters.has(parameter.name) || !isHead(parameter))
    .map((parameter): Tensor => {
      const tensor = parameters.get(parameter.name);
      const name = bertName(parameter);
      if (tensor === undefined) throw new Error(`the model lacks ${parameter.name}`);
      const size = dims(parameter, shape);
      if (tensor.shape.join() !== size.join()) throw new Error(`${parameter.name} is [${tensor.shape.join(', ')}]`);
      if (!isTransposed(parameter)) return { name, size, numbers: () => tensor.values };
      return { name, size: size.toReversed(), numbers: () => transpose(tensor.values, size[0]!, size[1]!) };
    });
  return [...tensors, ...(pooler === null ? [] : poolerTensors(pooler))].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function poolerTensors({ kernel, bias }: Pooler): Tensor[] {
  const [inputs, outputs] = kernel.shape;
  const turned = () => transpose(kernel.values, inputs!, outputs!);
  return [
    { name: POOLER.kernel, size: kernel.shape.toReversed(), numbers: turned },
    { name: POOLER.bias, size: bias.shape, numbers: () => bias.values },
  ];
}

const BYTES = Float32Array.BYTES_PER_ELEMENT;

function headerOf(tensors: readonly Tensor[]): Buffer {
  let end = 0;
  const entries = tensors.map(({ name, size }) => {
    const start = end;
    end += size.reduce((product, length) => product * length, BYTES);
    return [name, { dtype: 'F32', shape: size, data_offsets: [start, end] }];
  });
  // transformers refuses files that do not name a framework, and takes this one for its own.
  const text = JSON.stringify({ __metadata__: { format: 'pt' }, ...(Object.fromEntries(entries) as object) });
  const json = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(json.length));
  return Buffer.concat([prefix, json]);
}

async function writeWeights(path: string, model: NewCheckpoint): Promise<void> {
  const tensors = tensorsOf(model);
  const file = await open(path, 'wx');
  try {
    await file.writeFile(headerOf(tensors));
    for (const { numbers } of tensors) {
      const { buffer, byteOffset, byteLength } = numbers();
      await file.writeFile(new Uint8Array(buffer, byteOffset, byteLength));
    }
    await file.sync();
  } finally {
    await file.close();
  }
}
