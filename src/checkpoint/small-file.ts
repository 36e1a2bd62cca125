import { readFile, stat } from 'node:fs/promises';
import { fault } from './fault.ts';

/**
 * The text of a file of at most `largest` bytes, or null where there is none. Throws a UserError for a larger one, and
 * for what is no file.
 */
export async function readSmallFile(path: string, largest: number): Promise<string | null> {
  const found = await stat(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && ['ENOENT', 'ENOTDIR'].includes(String(error.code))) return null;
    throw error;
  });
  if (found === null) return null;
  if (!found.isFile()) throw fault(path, 'it must be a file');
  if (found.size > largest) throw fault(path, `it must not be larger than ${largest} bytes, got ${found.size}`);
  return readFile(path, 'utf8');
}

/** A JSON object's entries. Throws a UserError where the text is none. */
export function parseObject(path: string, text: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw fault(path, 'it must be JSON', undefined, { cause: error });
  }
  if (isObject(value)) return value;
  throw fault(path, 'it must be a JSON object');
}

/** Whether a value from JSON is an object, not an array. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
