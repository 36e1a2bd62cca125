import { readFile, stat } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { UserError } from '../errors.ts';
import type { Source } from './frame.ts';

/** A sweep is written by hand. A file this large is something else. */
const LARGEST = 1024 * 1024;

/** Reads a sweep file as text, byte order mark removed. Throws a UserError where it cannot be read as a text. */
export async function readSource(file: string): Promise<Source> {
  const bytes = await readBytes(file);
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return { file, text, start: 0 };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  throw new UserError(`${file} must be a text in UTF-8, but holds other bytes.`, 'Give a sweep file written in YAML.');
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    const status = await stat(file);
    if (status.isDirectory()) {
      throw new UserError(`${file} must be a sweep file, but is a folder.`, 'Give one of the .yaml files in it.');
    }
    if (!status.isFile()) throw new UserError(`${file} must be a regular file.`, 'Save the sweep as a .yaml file.');
    if (status.size > LARGEST) {
      const size = `${(status.size / LARGEST).toFixed(1)} MiB`;
      throw new UserError(`${file} must be at most 1 MiB, got ${size}.`, 'Give a sweep file written in YAML.');
    }
    return await readFile(file);
  } catch (error) {
    throw isSystemError(error) ? unreadable(file, error) : error;
  }
}

const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && 'code' in error && 'syscall' in error;

function unreadable(file: string, error: NodeJS.ErrnoException): UserError {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') {
    return new UserError(`${file} does not exist.`, 'Check the path; it starts from the folder you are in.', {
      cause: error,
    });
  }
  return new UserError(`${file} cannot be read (${error.code ?? error.message}).`, 'Check its permissions.', {
    cause: error,
  });
}

/** The file's name without its ending. Throws a UserError where that could not name a folder of results. */
export function sweepName(file: string): string {
  const name = basename(file, extname(file));
  if (/^\w[\w .+-]*$/u.test(name)) return name;
  throw new UserError(
    `${file} must have a name made of letters, digits, "_", "-", "+" and ".", beginning with a letter or digit.`,
    'Results go to a folder of that name: rename the file.',
  );
}

/** The first paragraph of comments in a sweep file as one line, or empty. Editors' mode lines are left out. */
export function question(text: string): string {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const first = lines.findIndex((line) => !/^(---|#*|#\s*yaml-language-server:.*)$/.test(line));
  const block = first === -1 ? [] : lines.slice(first);
  const end = block.findIndex((line) => !/^#+\s*[^#\s]/.test(line));
  return block
    .slice(0, end === -1 ? undefined : end)
    .map((line) => line.replace(/^#+\s*/, ''))
    .join(' ')
    .trim();
}
