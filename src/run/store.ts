import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { writeWhole } from './files.ts';
import type { CellRecord } from './record.ts';

const recordPath = (folder: string, id: string): string => join(folder, 'cells', `${id}.json`);

/** Leaves a cell's record in the results folder, whole or not at all. */
export const writeRecord = (folder: string, record: CellRecord): Promise<void> =>
  writeWhole(recordPath(folder, record.cell.id), `${JSON.stringify(record, null, 2)}\n`);

/** The record of a cell, or null where there is none. Throws a UserError on a file that growbench did not write. */
export async function readRecord(folder: string, id: string): Promise<CellRecord | null> {
  const path = recordPath(folder, id);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR'].includes(String(error.code))) return null;
    throw error;
  }
  return parseRecord(path, id, text);
}

function parseRecord(path: string, id: string, text: string): CellRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw notARecord(path, 'it is not JSON', { cause: error });
  }
  if (!isRecord(value)) throw notARecord(path, 'it has not the form of a record');
  if (value.cell.id !== id) throw notARecord(path, `it is the record of cell ${value.cell.id}`);
  return value;
}

const notARecord = (path: string, why: string, options?: ErrorOptions): UserError =>
  new UserError(
    `${path} is not the record that its name says: ${why}`,
    'Move the file away; its cell will be run again.',
    options,
  );

function isRecord(value: unknown): value is CellRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { format, cell, result } = value as Partial<Record<keyof CellRecord, unknown>>;
  return format === 1 && typeof cell === 'object' && cell !== null && 'id' in cell && typeof result === 'object';
}
