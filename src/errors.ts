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

/** "Did you mean …? " for a name that is nearly one of `known`, else empty. */
export function suggest(got: string, known: readonly string[]): string {
  const reach = Math.max(1, Math.floor(got.length / 3));
  const close = known.filter((name) => editDistance(got, name) <= reach);
  return close.length === 0 ? '' : `Did you mean ${close.map((name) => `"${name}"`).join(' or ')}? `;
}

/** Levenshtein's: insertions, deletions and replacements that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (const [i, x] of a.split('').entries()) {
    const next = [i + 1];
    for (const [j, y] of b.split('').entries()) {
      next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (x === y ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
