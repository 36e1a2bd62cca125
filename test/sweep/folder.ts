import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../src/errors.ts';
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

/** The mistake that loading rejects with; fails where there is none. */
export async function mistakeOf(loading: Promise<LoadedSweep>): Promise<UserError> {
  const error: unknown = await loading.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof UserError)) throw new Error('expected a UserError', { cause: error });
  return error;
}
