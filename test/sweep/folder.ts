import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSweep, type LoadedSweep } from '../../src/sweep/load.ts';

/** Loads a sweep given as text, from a folder of its own that also holds `files`. */
export async function loadText(
  text: string,
  set: readonly string[] = [],
  files: Readonly<Record<string, string>> = {},
): Promise<LoadedSweep> {
  const folder = mkdtempSync(join(tmpdir(), 'growbench-'));
  try {
    for (const [name, content] of Object.entries({ 'sweep.yaml': text, ...files })) {
      writeFileSync(join(folder, name), content);
    }
    return await loadSweep(join(folder, 'sweep.yaml'), { set });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
