import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { dims, layout, type ModelShape } from '../growth/layout.ts';
import { FILES, type CheckpointParameters, type TokenizerFiles } from './checkpoint.ts';
import { makeConfig } from './config.ts';
import { bertName, isHead, isTransposed, poolerAlone } from './names.ts';
import { transpose } from './transpose.ts';
import { writeWeights, type NewTensor } from './write-weights.ts';

/** A model about to be written. */
export interface NewCheckpoint {
  readonly shape: ModelShape;
  /** Every parameter of `layout(shape)`, where no reduction but that of sizes has touched the shape; the masked-LM head may be left out as a whole. */
  readonly parameters: CheckpointParameters;
  readonly dropout: number;
  /** As the reader gives it. */
  readonly pooler: CheckpointParameters;
  readonly tokenizer: TokenizerFiles;
  /** Id of [PAD]. */
  readonly padding: number;
}

/**
 * Writes a model as a Hugging Face folder, which transformers loads as BertForMaskedLM or, with a next-sentence head, as
 * BertForPreTraining (a pre-norm model only growbench loads). The folder is there whole or not at all: it is filled under another name, synced and renamed.
 * Throws a UserError where the place cannot be written to or is taken already.
 */
export async function writeCheckpoint(folder: string, model: NewCheckpoint): Promise<void> {
  const place = resolve(folder);
  const draft = join(dirname(place), `.${basename(place)}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    await mkdir(draft, { recursive: true });
    await writeWeights(join(draft, FILES.weights), tensorsOf(model));
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

/** In the order in which the safetensors library lays them down: by name. */
function tensorsOf({ shape, pooler, ...model }: NewCheckpoint): NewTensor[] {
  const parameters = new Map([...model.parameters, ...pooler]);
  const loose = poolerAlone(shape).filter(({ name }) => pooler.has(name));
  return [...layout(shape), ...loose]
    .filter((parameter) => parameters.has(parameter.name) || !isHead(parameter))
    .map((parameter): NewTensor => {
      const tensor = parameters.get(parameter.name);
      const name = bertName(parameter);
      if (tensor === undefined) throw new Error(`the model lacks ${parameter.name}`);
      const size = dims(parameter, shape);
      if (tensor.shape.join() !== size.join()) throw new Error(`${parameter.name} is [${tensor.shape.join(', ')}]`);
      if (!isTransposed(parameter)) return { name, size, numbers: () => tensor.values };
      return { name, size: size.toReversed(), numbers: () => transpose(tensor.values, size[0]!, size[1]!) };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
