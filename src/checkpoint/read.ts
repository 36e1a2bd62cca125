import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import type { ModelShape } from '../growth/layout.ts';
import { FILES, type Checkpoint, type CheckpointSummary, type TokenizerFiles } from './checkpoint.ts';
import { readConfig } from './config.ts';
import { currentName, NEXT_SENTENCE } from './names.ts';
import { findParameters, readParameters } from './parameters.ts';
import { readSmallFile } from './small-file.ts';
import { readVocabulary } from './vocabulary.ts';
import { openWeights, type WeightsFile } from './weights-file.ts';

const LARGEST_CONFIG = 2 ** 20;
const LARGEST_TOKENIZER = 2 ** 24;

/**
 * The model in a Hugging Face folder: one of BertModel, BertForMaskedLM or BertForPreTraining, or of growbench's own
 * with a norm before its blocks. Weights may be F32, F16 or BF16. Throws a UserError where the folder holds none, or
 * one that is broken or no BERT; memory use is bounded by the weights' size.
 */
export const readCheckpoint = (folder: string): Promise<Checkpoint> =>
  withFolder(folder, async (about, file) => ({ ...about, ...(await readParameters(file, about.shape)) }));

/** What can be said of a checkpoint without its numbers. Throws like readCheckpoint, but for what is wrong with those. */
export const inspectCheckpoint = (folder: string): Promise<CheckpointSummary> =>
  withFolder(folder, (about, file) => {
    const { missing, leftOut, pooler } = findParameters(file, about.shape);
    return { ...about, missing, leftOut, hasPooler: about.shape.nextSentence === true || pooler.length > 0 };
  });

type About = Pick<Checkpoint, 'shape' | 'dropout' | 'vocabulary' | 'tokenizer'>;

async function withFolder<T>(folder: string, use: (about: About, file: WeightsFile) => T | Promise<T>): Promise<T> {
  const path = join(folder, FILES.config);
  const config = await readSmallFile(path, LARGEST_CONFIG);
  if (config === null) throw await noCheckpoint(folder, FILES.config);
  const { shape, dropout } = readConfig(path, config);
  const tokenizer = await tokenizerFiles(folder);
  const vocabulary = readVocabulary(folder, tokenizer, shape.vocab);
  const file = await openWeights(join(folder, FILES.weights)).catch(async (error: unknown) => {
    throw isMissing(error) ? await noCheckpoint(folder, FILES.weights) : error;
  });
  try {
    const whole: ModelShape = hasNextSentence(file) ? { ...shape, nextSentence: true } : shape;
    return await use({ shape: whole, dropout, vocabulary, tokenizer }, file);
  } finally {
    await file.close();
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

const CONVERSION =
  'Save the model as one safetensors file: `AutoModelForMaskedLM.from_pretrained(FOLDER).save_pretrained(OUT)` of ' +
  'transformers; AutoModel instead for a model without a masked-LM head.';

async function noCheckpoint(folder: string, lacking: string): Promise<UserError> {
  const has = async (name: string) => (await stat(join(folder, name)).catch(() => null)) !== null;
  const others = ['model.safetensors.index.json', 'pytorch_model.bin', 'tf_model.h5'];
  const found = (await Promise.all(others.map(has))).indexOf(true);
  const hint =
    found === -1
      ? 'A checkpoint is a folder with config.json and model.safetensors, as save_pretrained of transformers leaves it.'
      : `Its ${others[found]!} is not read. ${CONVERSION}`;
  return new UserError(`${folder} is not a checkpoint: there is no ${lacking}.`, hint);
}

async function tokenizerFiles(folder: string): Promise<TokenizerFiles> {
  const names = [FILES.vocabulary, FILES.tokenizer, FILES.tokenizerConfig, FILES.specialTokens];
  const texts = await Promise.all(names.map((name) => readSmallFile(join(folder, name), LARGEST_TOKENIZER)));
  return new Map(names.flatMap((name, index) => (texts[index] == null ? [] : [[name, texts[index]]])));
}

/** Whether the file has a next-sentence head with the pooler that it reads; a pooler alone makes none. */
function hasNextSentence({ tensors }: WeightsFile): boolean {
  const names = tensors.map(({ name }) => currentName(name));
  return NEXT_SENTENCE.every((name) => names.includes(name));
}
