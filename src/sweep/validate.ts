import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { explain } from './explain.ts';
import type { SweepInput } from './grammar.ts';
import { isMapping, removeAt } from './at-path.ts';
import { placeOf, type Written } from './place.ts';
import { dotted, type Path, type Problem } from './problem.ts';
import { sweepSchema } from './schema.ts';

/** A sweep's value held against the schema. */
export interface Validated {
  /** The value without what does not fit, so that the rest can still be checked. */
  readonly input: SweepInput;
  readonly problems: readonly Problem[];
  /** Paths of what does not fit. */
  readonly broken: readonly Path[];
  /** Paths of mappings that have unknown keys. */
  readonly misspelt: readonly Path[];
}

let compiled: ValidateFunction | null = null;

/** Compiling takes tens of milliseconds, which commands that read no sweep need not spend. */
function schemaCheck(): ValidateFunction {
  compiled ??= new Ajv({ allErrors: true, verbose: true, strict: true, allowUnionTypes: true }).compile(sweepSchema());
  return compiled;
}

/** Checks a sweep's value against the schema. Every mismatch becomes a problem. */
export function validate(value: unknown, written: Written): Validated {
  const check = schemaCheck();
  check(value);
  const errors = relevant(check.errors ?? []);
  const found = errors.map((error) => ({ error, ...explain(error, pathOf(error.instancePath, value)) }));
  const problems = found.map(({ path, part, message, hint }) => ({
    place: placeOf(written, path, part),
    subject: dotted(path),
    message: path.length === 0 ? `the file ${message}` : message,
    hint,
  }));
  const pruned = found.reduce((rest, { path }) => removeAt(rest, mappingPath(path)), value);
  return {
    input: isMapping(pruned) ? pruned : {},
    problems,
    broken: found.map(({ path }) => path),
    misspelt: found.flatMap(({ error, path }) => (error.keyword === 'additionalProperties' ? [path.slice(0, -1)] : [])),
  };
}

/**
 * Errors that say something new: a value of the wrong type has no other faults worth telling, a missing key is likely
 * the unknown one beside it, `propertyNames` only repeats its own cause, and so do the branches of a `oneOf`.
 */
function relevant(errors: readonly ErrorObject[]): ErrorObject[] {
  const placesOf = (wanted: string) =>
    new Set(errors.filter(({ keyword }) => keyword === wanted).map(({ instancePath }) => instancePath));
  const [mistyped, misspelt] = [placesOf('type'), placesOf('additionalProperties')];
  return errors.filter(({ keyword, instancePath, schemaPath, data }) => {
    // Below an empty name, which is refused as such, the schema's checks find nothing.
    if (data === undefined) return false;
    if (keyword === 'type') return true;
    if (schemaPath.includes('/oneOf/')) return false;
    if ((keyword === 'required' || keyword === 'oneOf') && misspelt.has(instancePath)) return false;
    return keyword !== 'propertyNames' && !mistyped.has(instancePath);
  });
}

/** A JSON pointer as a path into `value`, list indices as numbers. */
function pathOf(pointer: string, value: unknown): Path {
  let here: unknown = value;
  return pointer
    .split('/')
    .slice(1)
    .map((step) => {
      const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
      const inList = Array.isArray(here);
      here = (here as Readonly<Record<string, unknown>>)[key];
      return inList ? Number(key) : key;
    });
}

/** The path up to the first list: a list with a faulty item is left out as a whole. */
function mappingPath(path: Path): Path {
  const index = path.findIndex((step) => typeof step === 'number');
  return index === -1 ? path : path.slice(0, index);
}
