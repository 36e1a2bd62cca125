import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../../assets/tensorflow', import.meta.url));

const filesEnding = (ending: string): string[] =>
  readdirSync(FOLDER)
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => join(FOLDER, name));

/** Our own kernels for TensorFlow: C++ files to be compiled into the addon. */
export const kernelSources = (): readonly string[] => filesEnding('.cc');

/** Tells whether an engine was built with the kernels of this growbench: a hash of their sources, hexadecimal. */
export function kernelsDigest(): string {
  const hash = createHash('sha256');
  for (const file of [...filesEnding('.h'), ...filesEnding('.cc')]) hash.update(readFileSync(file));
  return hash.digest('hex');
}
