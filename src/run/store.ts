import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { refusal, UserError } from '../errors.ts';
import { codeOf, entriesOf, writeWhole } from './files.ts';
import type { CellRecord } from './record.ts';
import { sealed, unsealed } from './seal.ts';

const recordPath = (folder: string, id: string): string => join(folder, 'cells', `${id}.json`);

/** Leaves a cell's record in the results folder, whole or not at all. */
export const writeRecord = (folder: string, record: CellRecord): Promise<void> =>
  writeWhole(recordPath(folder, record.cell.id), `${JSON.stringify(sealed(record), null, 2)}\n`);

export const hasRecord = (folder: string, id: string): boolean => existsSync(recordPath(folder, id));

/**
 * The record of a cell, or null where there is none. Throws a UserError on a file that growbench did not write, and on
 * one that cannot be read.
 */
export async function readRecord(folder: string, id: string): Promise<CellRecord | null> {
  const path = recordPath(folder, id);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return null;
    throw refusal(error, path) ?? error;
  }
  return parseRecord(path, id, text);
}

/** Files read side by side: enough to keep the disk busy, fewer than a process may have open. */
const READ_AT_ONCE = 64;

/** The records of those cells that have one, by id. Throws as `readRecord` does. */
export async function readRecords(folder: string, ids: readonly string[]): Promise<Map<string, CellRecord>> {
  const records = new Map<string, CellRecord>();
  const distinct = [...new Set(ids)];
  for (let at = 0; at < distinct.length; at += READ_AT_ONCE) {
    const some = distinct.slice(at, at + READ_AT_ONCE);
    const read = await Promise.all(some.map((id) => readRecord(folder, id)));
    for (const record of read) if (record !== null) records.set(record.cell.id, record);
  }
  return records;
}

/** The ids of all cells that have a record in the folder, in their order. */
export async function recordedIds(folder: string): Promise<string[]> {
  const entries = await entriesOf(join(folder, 'cells'));
  return entries.flatMap(({ name }) => (name.endsWith('.json') ? [name.slice(0, -'.json'.length)] : []));
}

function parseRecord(path: string, id: string, text: string): CellRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw notARecord(path, 'it is not JSON', { cause: error });
  }
  if (typeof value !== 'object' || value === null) throw notARecord(path, 'it has not the form of a record');
  const record = unsealed(value);
  if (record === null) throw notARecord(path, 'it was changed after it was written');
  if (!isRecord(record)) throw notARecord(path, 'it has not the form of a record');
  if (record.cell.id !== id) throw notARecord(path, `it is the record of cell ${record.cell.id}`);
  return record;
}

const notARecord = (path: string, why: string, options?: ErrorOptions): UserError =>
  new UserError(
    `${path} is not the record that its name says: ${why}`,
    'Move the file away; its cell will be run again.',
    options,
  );

function isRecord(value: object): value is CellRecord {
  const { format, cell, result } = value as Partial<Record<keyof CellRecord, unknown>>;
  return format === 1 && typeof cell === 'object' && cell !== null && 'id' in cell && typeof result === 'object';
}
