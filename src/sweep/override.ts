import { suggest } from '../errors.ts';
import { parseDocument } from './document.ts';
import type { Path, Problem } from './problem.ts';
import { leafPaths } from './schema.ts';

/** One `--set path=value` option. */
export interface Override {
  /** As typed. */
  readonly option: string;
  /** In the sweep file: settings are set in `base`. */
  readonly path: Path;
  readonly value: unknown;
}

/** What can be set outside `base`. */
const TOP_LEVEL = ['seeds', 'engine'];

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
  const { document, problems } = parseDocument({ file: '', text: rest.join('=') });
  if (document === null || problems.length > 0) {
    const hint = 'Put quotes around it if the shell changed it.';
    return problem(name, 'must be given a value in YAML, got one that cannot be read', hint);
  }
  const path = TOP_LEVEL.includes(name) ? [name] : ['base', ...name.split('.')];
  return { option, path, value: document.value };
}

/** The file's value with the options laid over it, in their order. */
export function applyOverrides(value: unknown, overrides: readonly Override[]): unknown {
  return overrides.reduce((result, { path, value: set }) => {
    const laid = replaceAt(result, path, set);
    // A budget is given in steps or in FLOPs: setting one takes the other's place.
    const rival =
      path.join('.') === 'base.train.steps' ? 'flops' : path.join('.') === 'base.train.flops' ? 'steps' : null;
    return rival === null ? laid : removeAt(laid, ['base', 'train', rival]);
  }, value);
}

/** `value` with `set` at `path`; what is no mapping on the way stays as it is. */
export function replaceAt(value: unknown, path: Path, set: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return set;
  if (value !== undefined && !isMapping(value)) return value;
  const inner = value !== undefined && Object.hasOwn(value, step) ? value[step] : undefined;
  return { ...value, [step]: replaceAt(inner, rest, set) };
}

/** `value` without what is at `path`, which leads through mappings only. */
export function removeAt(value: unknown, path: Path): unknown {
  const [step, ...rest] = path;
  if (step === undefined || !isMapping(value) || !Object.hasOwn(value, step)) return value;
  const { [step]: inner, ...others } = value;
  return rest.length === 0 ? others : { ...value, [step]: removeAt(inner, rest) };
}

/** What is at `path`, or undefined. */
export function valueAt(value: unknown, path: Path): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  return isMapping(value) && Object.hasOwn(value, step) ? valueAt(value[step], rest) : undefined;
}

export const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
