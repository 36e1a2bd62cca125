/** A mistake of the user's: shown without a stack trace, exit code 2. Anything else thrown is a bug of ours. */
export class UserError extends Error {
  override readonly name = 'UserError';
  /** What to do about it, in one or two sentences. */
  readonly hint: string;

  constructor(message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.hint = hint;
  }
}

/** What a node of a sweep goes on from is gone or damaged: it has to be made again first. */
export class ParentLost extends UserError {}

/** What the file system refuses for reasons that only the user can mend, in the words of `strerror`. */
const REFUSALS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EISDIR: 'it is a folder',
  EMFILE: 'too many open files',
  EIO: 'the disk does not answer as it should',
};

/**
 * A refusal of the file system as a mistake that can be mended, or null for any other error. `path` is named where the
 * system names none, as it does of files that are open.
 */
export function refusal(error: unknown, path?: string): UserError | null {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return null;
  const reason = REFUSALS[String(error.code)];
  if (reason === undefined) return null;
  const named = 'path' in error && typeof error.path === 'string' ? error.path : path;
  const where = named === undefined ? '' : `${named}: `;
  const hint = 'Mend that and run the same command again: finished cells are kept.';
  return new UserError(`${where}${reason}`, hint, { cause: error });
}

/** Lines that TensorFlow writes to stderr at its start whatever it is told, and that are no errors. */
export const LIBRARY_CHATTER = /^I\d{4} \d\d:\d\d:[\d.]+ |^WARNING: All log messages before absl::InitializeLog/;

/** "Did you mean …? " for a name that is nearly one of `known` (the nearest ones), else empty. */
export function suggest(got: string, known: readonly string[]): string {
  const reach = Math.max(1, Math.floor(got.length / 3));
  const distances = known.map((name) => editDistance(got, name));
  const nearest = Math.min(reach, ...distances);
  const close = known.filter((_, index) => distances[index] === nearest);
  return close.length === 0 ? '' : `Did you mean ${close.map((name) => `"${name}"`).join(' or ')}? `;
}

/** Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b` (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 0; i < a.length; i += 1) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j += 1) {
      const swapped = i > 0 && j > 0 && a[i] === b[j - 1] && a[i - 1] === b[j];
      const swap = swapped ? before[j - 1]! + 1 : Infinity;
      next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (a[i] === b[j] ? 0 : 1), swap));
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}
