// @ts-check
// A process of its own, started by parquet.ts with the path of a file. Plain JavaScript, since Node 20 cannot run
// anything else when the tests start it from here. Writes the rows as JSON, one a line, and then one line more: `null`,
// or the reason why there are no more rows, as a JSON string.
import { readFileSync } from 'node:fs';
import { TextDecoder } from 'node:util';
import { parquetMetadataAsync, parquetReadObjects } from 'hyparquet';

/** Rows written at a time. */
const AT_ONCE = 1000;

/** Text that is not UTF-8, until the row that it is in is known. */
const NOT_UTF8 = {};
const decoder = new TextDecoder('utf-8', { fatal: true });
const parsers = {
  /** @param {Uint8Array | undefined} bytes */
  stringFromBytes(bytes) {
    try {
      // Nothing where the row has no text.
      return bytes && decoder.decode(bytes);
    } catch {
      return NOT_UTF8;
    }
  },
};

/**
 * Columns of 64-bit integers come as BigInt, for which JSON has no form; labels and places are small.
 * @param {string} _
 * @param {unknown} value
 */
const plainNumber = (_, value) => (typeof value === 'bigint' ? Number(value) : value);

/**
 * @param {Record<string, unknown>} row
 * @param {number} number From 1.
 */
function lineOf(row, number) {
  const line = JSON.stringify(row, (key, value) => {
    if (value === NOT_UTF8) throw new Error(`row ${number} must be UTF-8, got other bytes`);
    return plainNumber(key, value);
  });
  return `${line}\n`;
}

/** @param {string} path */
async function writeRows(path) {
  const bytes = readFileSync(path);
  // The buffer may be a part of a larger one.
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const metadata = await parquetMetadataAsync(file);
  const stated = metadata.row_groups.reduce((sum, { num_rows: rows }) => sum + rows, 0n);
  // Rows of text take a byte each at the least, and making a hundred million of none takes seconds.
  if (stated > BigInt(bytes.length)) throw new Error(`${stated} rows stated in ${bytes.length} bytes`);
  const rows = await parquetReadObjects({ file, metadata, parsers });
  if (BigInt(rows.length) !== metadata.num_rows)
    throw new Error(`${metadata.num_rows} rows stated, ${rows.length} found`);
  for (let start = 0; start < rows.length; start += AT_ONCE) {
    const lines = rows.slice(start, start + AT_ONCE).map((row, index) => lineOf(row, start + index + 1));
    process.stdout.write(lines.join(''));
  }
}

// Ctrl-C reaches every process of a terminal; whether to stop is decided by the one that waits for this one.
process.on('SIGINT', () => undefined);
const [, , path = ''] = process.argv;
const reason = await writeRows(path).then(
  () => null,
  (/** @type {unknown} */ error) => (error instanceof Error ? error.message : String(error)),
);
process.stdout.write(JSON.stringify(reason));
