import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { decompress } from 'fzstd';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, type Compressors } from 'hyparquet';
import { UserError } from '../../errors.ts';
import { sentencesOf } from '../sentences.ts';
import type { Corpus, Document } from './corpus.ts';
import { checkFile, emptyCorpus } from './lines.ts';

/** What the library does not unpack itself, beside Snappy. */
const compressors: Compressors = {
  GZIP: (bytes) => gunzipSync(bytes),
  BROTLI: (bytes) => brotliDecompressSync(bytes),
  ZSTD: (bytes, length) => decompress(bytes, new Uint8Array(length)),
};

/** A .parquet file: one document a row, in the column `text` or in the only one that holds strings. */
export function parquetFile(path: string): Corpus {
  return { name: path, files: () => [path], documents: () => documentsOf(path) };
}

/** A row group at a time: the file need not fit in memory. */
async function* documentsOf(path: string): AsyncGenerator<Document> {
  await checkFile(path);
  const file = await asyncBufferFromFile(path);
  const metadata = await orDamaged(path, '', parquetMetadataAsync(file));
  const column = textColumn(path, metadata.schema);
  const share = file.byteLength / Math.max(1, Number(metadata.num_rows));
  let rowStart = 0;
  let found = false;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    const wanted = { file, metadata, columns: [column], rowStart, rowEnd, compressors, parsers };
    const rows = await orDamaged(path, `, rows ${rowStart + 1} to ${rowEnd}`, parquetReadObjects(wanted));
    for (const [index, row] of rows.entries()) {
      const text: unknown = row[column];
      if (text === NOT_UTF8) throw notUtf8(path, rowStart + index + 1);
      const passages = typeof text === 'string' ? sentencesOf(text).map((sentence) => [sentence]) : [];
      if (passages.length === 0) continue;
      found = true;
      yield { passages, bytes: share };
    }
    rowStart = rowEnd;
  }
  if (!found) throw emptyCorpus(path);
}

type Schema = Awaited<ReturnType<typeof parquetMetadataAsync>>['schema'];

function textColumn(path: string, [root, ...elements]: Schema): string {
  const strings: string[] = [];
  const all: string[] = [];
  let at = 0;
  for (let field = 0; field < (root?.num_children ?? 0); field += 1) {
    const element = elements[at];
    if (element === undefined) break;
    all.push(element.name);
    const isText = element.converted_type === 'UTF8' || element.logical_type?.type === 'STRING';
    if (element.num_children === undefined && element.repetition_type !== 'REPEATED' && isText) {
      strings.push(element.name);
    }
    at = afterElement(elements, at);
  }
  const [only] = strings;
  if (strings.includes('text')) return 'text';
  if (only !== undefined && strings.length === 1) return only;
  throw new UserError(
    `${path}: a .parquet corpus must have a column "text" of strings, or one column of strings; ` +
      `got ${strings.length} of strings among ${all.map((name) => `"${name}"`).join(', ') || 'none'}.`,
    'Rename the column that holds the text to "text".',
  );
}

/** Elements come depth first: where the one after the element at `at` and all that is in it stands. */
function afterElement(elements: Schema, at: number): number {
  let next = at + 1;
  for (let child = 0; child < (elements[at]?.num_children ?? 0); child += 1) next = afterElement(elements, next);
  return next;
}

/** Text that is not UTF-8, until the row that it is in is known. */
const NOT_UTF8 = Symbol('not UTF-8');
const decoder = new TextDecoder('utf-8', { fatal: true });
const parsers = {
  stringFromBytes(bytes: Uint8Array | undefined): string | typeof NOT_UTF8 | undefined {
    try {
      // Nothing where the row has no text.
      return bytes && decoder.decode(bytes);
    } catch {
      return NOT_UTF8;
    }
  },
};

const notUtf8 = (path: string, row: number): UserError =>
  new UserError(`${path}: a corpus must be UTF-8; row ${row} is not.`, 'Write the file anew.');

/** `where` says which part of the file, in words that follow "as Parquet". */
async function orDamaged<Value>(path: string, where: string, reading: Promise<Value>): Promise<Value> {
  try {
    return await reading;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(
      `${path} cannot be read as Parquet${where} (${why}).`,
      'Perhaps the file was not copied whole.',
      {
        cause: error,
      },
    );
  }
}
