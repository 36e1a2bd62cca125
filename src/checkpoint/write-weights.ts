import { open } from 'node:fs/promises';

/** A tensor of a file about to be written. */
export interface NewTensor {
  readonly name: string;
  readonly size: readonly number[];
  /** The tensor's numbers in the file's order: made when they are written, one tensor after another. */
  readonly numbers: () => Float32Array;
}

const BYTES = Float32Array.BYTES_PER_ELEMENT;

function headerOf(tensors: readonly NewTensor[]): Buffer {
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

/**
 * Writes tensors as a safetensors file, synced to disk, in their order. Throws what the file system throws, where the
 * file is there already too.
 */
export async function writeWeights(path: string, tensors: readonly NewTensor[]): Promise<void> {
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
