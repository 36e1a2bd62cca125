import { fault, quoted, shown } from './fault.ts';
import { NUMBER_BYTES } from './number-types.ts';
import { isObject } from './small-file.ts';

/** A tensor of a safetensors file. */
export interface TensorEntry {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
  /** First byte in the file, and the one after the last. */
  readonly start: number;
  readonly end: number;
}

/** The header's size comes first, as an unsigned 64-bit number. */
export const PREFIX_BYTES = 8;
/** A BERT's header has some 50 kB; far larger ones would only cost memory. */
export const LARGEST_HEADER = 4 * 1024 * 1024;
const HIGHEST_RANK = 8;

/**
 * The size in bytes of the header that a file of `size` bytes says it has. Throws a UserError where it cannot be.
 * @see https://huggingface.co/docs/safetensors for the format
 */
export function headerSize(path: string, prefix: Buffer, size: number): number {
  if (size < PREFIX_BYTES) throw fault(path, `a safetensors file has at least ${PREFIX_BYTES} bytes, this one ${size}`);
  const stated = prefix.readBigUInt64LE(0);
  if (stated > BigInt(size - PREFIX_BYTES)) {
    throw fault(path, `the header must fit in the file's ${size} bytes, at byte 0 its size is given as ${stated}`);
  }
  if (stated > BigInt(LARGEST_HEADER)) {
    throw fault(
      path,
      `the header must not be larger than ${LARGEST_HEADER} bytes, at byte 0 its size is given as ${stated}`,
    );
  }
  return Number(stated);
}

/**
 * The tensors that a header describes, in the order in which they lie in a file of `size` bytes. Throws a UserError
 * that names the tensor or the byte where the header is not JSON of the right form, where sizes contradict each other,
 * and where tensors overlap, leave gaps or do not fill the file.
 */
export function readHeader(path: string, header: Buffer, size: number): TensorEntry[] {
  const dataStart = PREFIX_BYTES + header.length;
  const tensors = Object.entries(parse(path, header))
    .filter(([name]) => name !== '__metadata__')
    .map(([name, value]) => entry(path, name, value, dataStart));
  tensors.sort((a, b) => a.start - b.start || a.end - b.end);
  let end = dataStart;
  for (const tensor of tensors) {
    if (tensor.start !== end) {
      const how = tensor.start < end ? 'overlaps the one before it' : 'leaves a gap after the one before it';
      throw fault(path, `tensor ${quoted(tensor.name)} ${how}: it must start at byte ${end}, got ${tensor.start}`);
    }
    end = tensor.end;
  }
  if (end !== size) throw fault(path, `the tensors must end where the file does, at byte ${size}, got ${end}`);
  return tensors;
}

function parse(path: string, header: Buffer): object {
  let value: unknown;
  try {
    value = JSON.parse(header.toString('utf8'));
  } catch (error) {
    throw fault(path, `the header at byte ${PREFIX_BYTES} must be JSON`, undefined, { cause: error });
  }
  if (isObject(value)) return value;
  throw fault(path, `the header at byte ${PREFIX_BYTES} must be a JSON object`);
}

function entry(path: string, name: string, value: unknown, dataStart: number): TensorEntry {
  const wrong = (what: string) => fault(path, `tensor ${quoted(name)}: ${what}`);
  if (!isObject(value)) throw wrong('its description must be an object');
  const { dtype, shape, data_offsets: offsets } = value;
  const bytes = typeof dtype === 'string' ? NUMBER_BYTES.get(dtype) : undefined;
  if (typeof dtype !== 'string' || bytes === undefined)
    throw wrong(`dtype must be one of the format's, got ${shown(dtype)}`);
  if (!isSizes(shape) || shape.length > HIGHEST_RANK) {
    throw wrong(`shape must be at most ${HIGHEST_RANK} whole numbers, got ${shown(shape)}`);
  }
  if (!isSizes(offsets) || offsets.length !== 2)
    throw wrong(`data_offsets must be two whole numbers, got ${shown(offsets)}`);
  const [from, to] = offsets as [number, number];
  const needed = shape.reduce((product, length) => product * length, bytes);
  if (to - from !== needed) {
    throw wrong(`${dtype} [${shape.join(', ')}] takes ${needed} bytes, data_offsets leave it ${to - from}`);
  }
  return { name, type: dtype, shape, start: dataStart + from, end: dataStart + to };
}

const isSizes = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
