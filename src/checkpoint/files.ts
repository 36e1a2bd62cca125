import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FILES } from './checkpoint.ts';

/** The paths of the files that decide what is read of a checkpoint, of those that its folder has. */
export async function checkpointFiles(folder: string): Promise<readonly string[]> {
  const paths = Object.values(FILES).map((name) => join(folder, name));
  const found = await Promise.all(paths.map((path) => stat(path).catch(() => null)));
  return paths.filter((_, index) => found[index]?.isFile() === true);
}
