import { totalmem } from 'node:os';
import { dims, layout, parameterCount, type ModelShape, type Parameter } from '../growth/layout.ts';
import type { Checkpoint, CheckpointParameters, CheckpointTensor } from './checkpoint.ts';
import { fault, quoted } from './fault.ts';
import type { TensorEntry } from './header.ts';
import { bertName, BUFFERS, currentName, DECODER, isHead, isTransposed, poolerAlone } from './names.ts';
import { transpose } from './transpose.ts';
import type { WeightsFile } from './weights-file.ts';

/** Where a model's numbers are in a file of weights. */
export interface FoundParameters extends Pick<Checkpoint, 'missing' | 'leftOut'> {
  readonly tensors: Tensors;
  readonly found: readonly Found[];
  readonly pooler: readonly Found[];
}

interface Found {
  readonly parameter: Parameter;
  readonly entry: TensorEntry;
}

/** Finds every parameter of the model; no number is read. Throws a UserError where the file does not fit the shape. */
export function findParameters(file: WeightsFile, shape: ModelShape): FoundParameters {
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
  const pooler = poolerIn(tensors, shape);
  const leftOut = rest(file, tensors, new Set([...found, ...pooler].map(({ entry }) => entry)));
  const missing = headless ? heads.map(({ parameter }) => parameter.name) : [];
  return { tensors, found, leftOut, missing, pooler };
}

/** Reads what findParameters finds. Throws a UserError also where a number is not finite, or tied tensors differ. */
export async function readParameters(
  file: WeightsFile,
  shape: ModelShape,
): Promise<Pick<Checkpoint, 'parameters' | 'missing' | 'leftOut' | 'pooler'>> {
  const { tensors, found, leftOut, missing, pooler } = findParameters(file, shape);
  const parameters = await readAll(file, found, shape);
  if (missing.length === 0) await checkTied(file, tensors, parameters);
  return { parameters, leftOut, missing, pooler: await readAll(file, pooler, shape) };
}

async function readAll(file: WeightsFile, found: readonly Found[], shape: ModelShape): Promise<CheckpointParameters> {
  const parameters = new Map<string, CheckpointTensor>();
  for (const { parameter, entry } of found) {
    const size = dims(parameter, shape);
    const values = await file.read(entry);
    const turned = isTransposed(parameter) ? transpose(values, size[1]!, size[0]!) : values;
    parameters.set(parameter.name, { shape: size, values: turned });
  }
  return parameters;
}

/** A pooler of another size, which no BERT has, is as good as none. */
function poolerIn(tensors: Tensors, shape: ModelShape): readonly Found[] {
  const parts = poolerAlone(shape);
  const found = parts.flatMap((parameter) => {
    const entry = tensors.get(bertName(parameter));
    return entry?.shape.join() === sizeInFile(parameter, shape).join() ? [{ parameter, entry }] : [];
  });
  return found.length === parts.length ? found : [];
}

/** The sizes of a parameter's tensor as PyTorch keeps it. */
function sizeInFile(parameter: Parameter, shape: ModelShape): number[] {
  const own = dims(parameter, shape);
  return isTransposed(parameter) ? own.toReversed() : own;
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
  const want = sizeInFile(parameter, shape);
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
