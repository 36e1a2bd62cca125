import { existsSync, statfsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UserError } from '../../errors.ts';

/** `1.4 GB`, `274 MB`: decimal units, as pip prints them. */
export function formatBytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(0)} MB`;
}

/** Bytes that may still be written under `folder`, which need not exist yet. */
export function freeSpace(folder: string): number {
  let existing = resolve(folder);
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  const { bavail, bsize } = statfsSync(existing);
  return bavail * bsize;
}

/** The mistake of a disk that is full, before or while an engine is installed. */
export function noSpace(folder: string, needed: number | null = null): UserError {
  const need = needed === null ? '' : `: ${formatBytes(needed)} are needed, ${formatBytes(freeSpace(folder))} are free`;
  return new UserError(
    `there is not enough space under ${folder}${need}`,
    'Free some, or name a folder on another disk: GROWBENCH_HOME=DIR (for every growbench command).',
  );
}
