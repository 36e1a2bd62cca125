import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { openWeights } from '../checkpoint/weights-file.ts';
import { writeWeights } from '../checkpoint/write-weights.ts';
import type { HostTensors } from '../engine/engine.ts';
import { fileDigest } from '../run/file-digest.ts';
import { writeError, writeWhole } from '../run/files.ts';

/** What stands beside a file of tensors, written after it: a file without it is not whole. */
interface Note<Known> {
  readonly sha256: string;
  readonly bytes: number;
  readonly known: Known;
}

/**
 * Leaves tensors in `base`.safetensors and what else is known of them in `base`.json: both whole or not at all. Throws a
 * UserError where they cannot be written.
 */
export async function writeTensors(base: string, tensors: HostTensors, known: object): Promise<void> {
  const path = `${base}.safetensors`;
  const draft = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeWeights(
      draft,
      [...tensors].map(([name, { shape, values }]) => ({ name, size: shape, numbers: () => values })),
    );
    const note: Note<object> = { sha256: await fileDigest(draft), bytes: (await stat(draft)).size, known };
    // First the old note goes: it is not the new file's.
    await rm(`${base}.json`, { force: true });
    await rename(draft, path);
    await writeWhole(`${base}.json`, JSON.stringify(note));
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw writeError(path, error);
  }
}

export interface TensorFile<Known> {
  readonly tensors: HostTensors;
  readonly known: Known;
}

/** What `writeTensors` left at `base`; null where it is not there, or not as it was written, to the last bit. */
export async function readTensors<Known>(base: string): Promise<TensorFile<Known> | null> {
  const path = `${base}.safetensors`;
  try {
    const note = JSON.parse(await readFile(`${base}.json`, 'utf8')) as Note<Known>;
    if ((await fileDigest(path)) !== note.sha256) return null;
    return { tensors: await readAll(path), known: note.known };
  } catch {
    // Whatever is wrong with it, it can be made again.
    return null;
  }
}

/** Removes what `writeTensors` left at `base`: the note first, since a file without it counts as not there. */
export async function removeTensors(base: string): Promise<void> {
  for (const ending of ['json', 'safetensors']) await rm(`${base}.${ending}`, { force: true });
}

async function readAll(path: string): Promise<HostTensors> {
  const file = await openWeights(path);
  try {
    const tensors = new Map<string, { shape: readonly number[]; values: Float32Array }>();
    for (const tensor of file.tensors) {
      // Training can run away: what it left is read as it was written.
      tensors.set(tensor.name, { shape: tensor.shape, values: await file.read(tensor, 'any') });
    }
    return tensors;
  } finally {
    await file.close();
  }
}
