/** Keys and list indices that lead from the root of a sweep file to a value. */
export type Path = readonly (string | number)[];

/** Where a problem is: an offset into the file's text, or a `--set` option. */
export type Place =
  { readonly in: 'file'; readonly offset: number } | { readonly in: 'override'; readonly option: string };

/** One mistake in a sweep file. */
export interface Problem {
  readonly place: Place;
  /** The dotted path of the setting, or empty where it is the whole file. */
  readonly subject: string;
  /** What must hold and what was received, in words that follow the subject. */
  readonly message: string;
  /** What to do about it, or empty where the message says it. */
  readonly hint: string;
}

/** `arms.stack.schedule[0].depth`, as messages spell a path. */
export function dotted(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}

/** Whether `path` is `ancestor` or lies below it. */
export const isWithin = (path: Path, ancestor: Path): boolean =>
  ancestor.every((part, index) => String(path[index]) === String(part));
