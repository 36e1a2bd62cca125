import { readFile } from 'node:fs/promises';
import { parquetReadObjects } from 'hyparquet';
import { UserError } from '../errors.ts';

/** The rows of a Parquet file as JSON, one a line. Throws a UserError for a file that is none or is damaged. */
export async function parquetLines(path: string): Promise<string> {
  const bytes = await readFile(path);
  // The buffer may be a part of a larger one.
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const rows = await parquetReadObjects({ file }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(`${path} cannot be read as Parquet (${why})`, 'Perhaps the file was not copied whole.', {
      cause: error,
    });
  });
  return rows.map((row) => `${JSON.stringify(row, plainNumber)}\n`).join('');
}

/** Columns of 64-bit integers come as BigInt, for which JSON has no form; labels and places are small. */
const plainNumber = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);
