import { stat } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { dims, layout, parameterCount, type ModelShape, type Parameter } from '../growth/layout.ts';
import { FILES, type Checkpoint, type CheckpointTensor, type TokenizerFiles } from './checkpoint.ts';
import { readConfig } from './config.ts';
import { fault, quoted } from './fault.ts';
import type { TensorEntry } from './header.ts';
import { bertName, BUFFERS, currentName, DECODER, isHead, isTransposed, NEXT_SENTENCE } from './names.ts';
import { readSmallFile } from './small-file.ts';
import { transpose } from './transpose.ts';
import { readVocabulary } from './vocabulary.ts';
import { openWeights, type WeightsFile } from './weights-file.ts';

const LARGEST_CONFIG = 2 ** 20;
const LARGEST_TOKENIZER = 2 ** 24;

/**
 * The model in a Hugging Face folder: one of BertModel, BertForMaskedLM or BertForPreTraining, or of growbench's own
 * with a norm before its blocks. Weights may be F32, F16 or BF16. Throws a UserError where the folder holds none, or
 * one that is broken or no BERT; memory use is bounded by the weights' size.
 */
export async function readCheckpoint(folder: string): Promise<Checkpoint> {
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
    return { shape: whole, dropout, vocabulary, tokenizer, ...(await readParameters(file, whole)) };
  } finally {
    await file.close();
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

async function noCheckpoint(folder: string, lacking: string): Promise<UserError> {
  const has = async (name: string) => (await stat(join(folder, name)).catch(() => null)) !== null;
  const others = ['model.safetensors.index.json', 'pytorch_model.bin', 'tf_model.h5'];
  const found = (await Promise.all(others.map(has))).indexOf(true);
  const hint =
    found === -1
      ? 'A checkpoint is a folder with config.json and model.safetensors, as save_pretrained of transformers leaves it.'
      : `Its ${others[found]!} is not read: load it with transformers and save it whole as safetensors.`;
  return new UserError(`${folder} is not a checkpoint: there is no ${lacking}.`, hint);
}

async function tokenizerFiles(folder: string): Promise<TokenizerFiles> {
  const names = [FILES.vocabulary, FILES.tokenizer, FILES.tokenizerConfig, FILES.specialTokens];
  const texts = await Promise.all(names.map((name) => readSmallFile(join(folder, name), LARGEST_TOKENIZER)));
  return new Map(names.flatMap((name, index) => (texts[index] == null ? [] : [[name, texts[index]]])));
}

/** Whether the file has a next-sentence head with the pooler that it reads; a pooler alone is left out. */
function hasNextSentence({ tensors }: WeightsFile): boolean {
  const names = tensors.map(({ name }) => currentName(name));
  return NEXT_SENTENCE.every((name) => names.includes(name));
}

type Read = Pick<Checkpoint, 'parameters' | 'missing' | 'leftOut'>;

async function readParameters(file: WeightsFile, shape: ModelShape): Promise<Read> {
  const tensors = byCurrentName(file);
  const wanted = layout(shape).map((parameter) => ({ parameter, name: bertName(parameter) }));
  const heads = wanted.filter(({ parameter }) => isHead(parameter));
  const headless = heads.every(({ name }) => find(tensors, name) === null);
  const kept = headless ? wanted.filter(({ parameter }) => !isHead(parameter)) : wanted;
  // All shapes first: a file that does not fit its config.json is refused before its numbers are read.
  const found = kept.map(({ parameter, name }) => ({
    parameter,
    entry: fitting(file, tensors, parameter, name, shape),
  }));
  checkMemory(file, shape);
  const leftOut = rest(file, tensors, new Set(found.map(({ entry }) => entry)));
  const parameters = new Map<string, CheckpointTensor>();
  for (const { parameter, entry } of found) {
    const size = dims(parameter, shape);
    const values = await file.read(entry);
    const turned = isTransposed(parameter) ? transpose(values, size[1]!, size[0]!) : values;
    parameters.set(parameter.name, { shape: size, values: turned });
  }
  if (!headless) await checkTied(file, tensors, parameters);
  return { parameters, leftOut, missing: headless ? heads.map(({ parameter }) => parameter.name) : [] };
}

/** A file with holes takes no room on the disk; its numbers would in memory, and once more when they are used. */
function checkMemory({ path }: WeightsFile, shape: ModelShape): void {
  const needed = parameterCount(shape) * Float32Array.BYTES_PER_ELEMENT;
  if (needed <= totalmem() / 2) return;
  const has = Math.round(totalmem() / 1e9);
  throw fault(path, `the model needs ${Math.round(needed / 1e9)} GB of memory, twice; this machine has ${has} GB`, '');
}

type Tensors = ReadonlyMap<string, TensorEntry>;

function byCurrentName({ path, tensors }: WeightsFile): Tensors {
  const named = new Map<string, TensorEntry>();
  for (const tensor of tensors) {
    const name = currentName(tensor.name);
    const twin = named.get(name);
    if (twin !== undefined) {
      throw fault(path, `tensors ${quoted(twin.name)} and ${quoted(tensor.name)} are the same parameter`);
    }
    named.set(name, tensor);
  }
  return named;
}

/** The tensor of that name, or the one that shares its numbers. */
const find = (tensors: Tensors, name: string): TensorEntry | null =>
  tensors.get(name) ?? (name === OUTPUT_BIAS ? tensors.get(DECODER.bias) : undefined) ?? null;

const OUTPUT_BIAS = 'cls.predictions.bias';

function fitting(
  file: WeightsFile,
  tensors: Tensors,
  parameter: Parameter,
  name: string,
  shape: ModelShape,
): TensorEntry {
  const entry = find(tensors, name);
  if (entry === null) throw fault(file.path, `there must be a tensor ${quoted(name)}`);
  const own = dims(parameter, shape);
  const want = isTransposed(parameter) ? own.toReversed() : own;
  if (entry.shape.join() === want.join()) return entry;
  const got = entry.shape.join(', ');
  throw fault(file.path, `tensor ${quoted(entry.name)} must be [${want.join(', ')}] to fit config.json, got [${got}]`);
}

/** The names of what is not read. A layer among it means that config.json is of another model. */
function rest({ path }: WeightsFile, tensors: Tensors, used: ReadonlySet<TensorEntry>): string[] {
  const known = new Set([...BUFFERS, OUTPUT_BIAS, ...Object.values(DECODER)]);
  const left = [...tensors].filter(([name, entry]) => !used.has(entry) && !known.has(name));
  const layer = left.find(([name]) => name.startsWith('bert.encoder.'));
  if (layer !== undefined) {
    throw fault(path, `tensor ${quoted(layer[1].name)} belongs to no layer of the model in config.json`);
  }
  return left.map(([, { name }]) => name);
}

/** The head's output kernel is the token table, its bias one tensor: files that keep them twice must not differ. */
async function checkTied(file: WeightsFile, tensors: Tensors, parameters: Checkpoint['parameters']): Promise<void> {
  const twins = [
    [DECODER.kernel, 'embedding/tokens'],
    [DECODER.bias, 'masked_lm/output/bias'],
  ] as const;
  for (const [name, ours] of twins) {
    const entry = tensors.get(name);
    if (entry === undefined) continue;
    const { values } = parameters.get(ours)!;
    const own = await file.read(entry);
    if (own.length === values.length && own.every((value, index) => value === values[index])) continue;
    throw fault(file.path, `tensor ${quoted(entry.name)} must equal the one that it is tied to`, UNTIED);
  }
}

const UNTIED = 'growbench computes the masked-LM head with the token table only.';
