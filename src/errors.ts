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
