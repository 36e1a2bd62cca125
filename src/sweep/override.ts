import { suggest } from '../errors.ts';
import { replaceAt } from './at-path.ts';
import { parseDocument } from './document.ts';
import type { Path, Problem } from './problem.ts';
import { withoutRivals } from './rivals.ts';
import { leafPaths } from './settings-schema.ts';

/** One `--set path=value` option. */
export interface Override {
  /** As typed. */
  readonly option: string;
  /** In the sweep file: settings are set in `base`. */
  readonly path: Path;
  readonly value: unknown;
}

/** What can be set outside `base`. */
const TOP_LEVEL = ['seeds', 'engine', 'engine.name', 'engine.xla'];

/** Reads `--set` options; values are typed as YAML types them. Whether they fit is for the schema to say. */
export function parseOverrides(options: readonly string[]): {
  readonly overrides: readonly Override[];
  readonly problems: readonly Problem[];
} {
  const read = options.map(parseOverride);
  return {
    overrides: read.flatMap((result) => ('value' in result ? [result] : [])),
    problems: read.flatMap((result) => ('value' in result ? [] : [result])),
  };
}

function parseOverride(option: string): Override | Problem {
  const problem = (subject: string, message: string, hint: string): Problem => ({
    place: { in: 'override', option },
    subject,
    message,
    hint,
  });
  const [name = '', ...rest] = option.split('=');
  if (rest.length === 0) return problem('', 'must be a setting, "=" and a value', 'For example --set train.steps=100.');
  const known = [...leafPaths(), ...TOP_LEVEL];
  if (!known.includes(name)) {
    return problem(
      name,
      'is not a setting',
      `${suggest(name, known)}\`seeds\`, \`engine\` and all of \`base\` can be set.`,
    );
  }
  const { document, problems } = parseDocument({ file: '', text: rest.join('='), start: 0 });
  if (document === null || problems.length > 0) {
    const hint = 'Put quotes around it if the shell changed it.';
    return problem(name, 'must be given a value in YAML, got one that cannot be read', hint);
  }
  const path = TOP_LEVEL.includes(name) ? name.split('.') : ['base', ...name.split('.')];
  return { option, path, value: document.value };
}

/** The file's value with the options laid over it, in their order. */
export function applyOverrides(value: unknown, overrides: readonly Override[]): unknown {
  return overrides.reduce(
    (result, { path, value: set }) => replaceAt(withoutRivals(result, replaceAt({}, path, set)), path, set),
    value,
  );
}
