import { open, stat, type FileHandle } from 'node:fs/promises';
import { fault, quoted } from './fault.ts';
import { headerSize, PREFIX_BYTES, readHeader, type TensorEntry } from './header.ts';
import { toSingle, WEIGHT_TYPES, type WeightType } from './number-types.ts';

/** An open safetensors file whose header holds. */
export interface WeightsFile {
  readonly path: string;
  readonly tensors: readonly TensorEntry[];
  /**
   * A tensor's numbers. Throws a UserError where they are of a type that no weights have, or not all finite unless they
   * may be any.
   */
  read(tensor: TensorEntry, which?: 'finite' | 'any'): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Opens a safetensors file and checks its header; no tensor is read. Throws a UserError where it is not one. */
export async function openWeights(path: string): Promise<WeightsFile> {
  const found = await stat(path);
  // Before it is opened: opening a pipe would wait for whoever writes to it.
  if (!found.isFile()) throw fault(path, 'it must be a file');
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const prefix = await readBytes(file, path, 0, Math.min(PREFIX_BYTES, size));
    const header = await readBytes(file, path, PREFIX_BYTES, headerSize(path, prefix, size));
    const tensors = readHeader(path, header, size);
    return {
      ...{ path, tensors, close: () => file.close() },
      read: async (tensor, which = 'finite') => {
        const values = await readTensor(file, path, tensor);
        return which === 'any' ? values : finite(path, tensor, values);
      },
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readTensor(file: FileHandle, path: string, { name, type, start, end }: TensorEntry) {
  const known: WeightType | undefined = WEIGHT_TYPES.find((weights) => weights === type);
  if (known === undefined) {
    throw fault(path, `tensor ${quoted(name)} must be ${WEIGHT_TYPES.join(', ')}, got ${type}`);
  }
  return toSingle(known, await readBytes(file, path, start, end - start));
}

function finite(path: string, { name }: TensorEntry, values: Float32Array): Float32Array {
  const strange = values.findIndex((value) => !Number.isFinite(value));
  if (strange === -1) return values;
  throw fault(path, `tensor ${quoted(name)} must hold finite numbers, number ${strange} of it is ${values[strange]!}`);
}

async function readBytes(file: FileHandle, path: string, start: number, count: number): Promise<Buffer<ArrayBuffer>> {
  // Of its own, not from Node's pool: views of whole numbers need an aligned start.
  const bytes = Buffer.from(new ArrayBuffer(count));
  for (let done = 0; done < count;) {
    const { bytesRead } = await file.read(bytes, done, count - done, start + done);
    if (bytesRead === 0) throw fault(path, `the file ended at byte ${start + done} while it was read`);
    done += bytesRead;
  }
  return bytes;
}
