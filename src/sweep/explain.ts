import type { ErrorObject } from 'ajv';
import { suggest } from '../errors.ts';
import type { Path } from './problem.ts';
import { ENGINE_NAME, ENGINES, SHARE, PART_SHARE, SOME_SHARE } from './schema-parts.ts';
import { explainUnknownKey } from './unknown-key.ts';

/** A mismatch with the schema, in words. */
export interface Explanation {
  readonly path: Path;
  /** Whether the key is at fault or its value. */
  readonly part: 'key' | 'value';
  readonly message: string;
  readonly hint: string;
}

/** Says what must hold, what was received and what to do. `path` is where the schema was not met. */
export function explain(error: ErrorObject, path: Path): Explanation {
  const value = (message: string, hint = ''): Explanation => ({ path, part: 'value', message, hint });
  const params = error.params as Readonly<Record<string, unknown>>;
  const limit = Number(params['limit']);
  const got = `got ${describe(error.data)}`;
  const schema = error.parentSchema ?? {};
  if (error.propertyName !== undefined) return explainName(path, error.propertyName, params['allowedValues']);
  switch (error.keyword) {
    case 'additionalProperties':
      return explainUnknownKey(path, String(params['additionalProperty']), schema);
    case 'required':
      return {
        path,
        part: 'key',
        message: `must have ${String(params['missingProperty'])}`,
        hint: described(params, schema),
      };
    case 'oneOf':
      return { path, part: 'key', message: eitherOf(schema, error.data as object), hint: '' };
    case 'enum': {
      const known = params['allowedValues'] as readonly string[];
      return value(`must be ${expected(schema)}, ${got}`, suggest(String(error.data), known).trim());
    }
    case 'minimum':
      return value(`must be at least ${limit}, ${got}`);
    case 'exclusiveMinimum':
      return value(`must be above ${limit}, ${got}`);
    case 'maximum':
      return value(`must be at most ${limit}, ${got}`);
    case 'exclusiveMaximum':
      return value(`must be below ${limit}, ${got}`);
    case 'minItems':
      return value(`must list at least ${limit}, got ${(error.data as unknown[]).length}`);
    case 'minLength':
      return value('must not be empty');
    case 'uniqueItems':
      return explainRepetition(path, error.data as unknown[], Number(params['i']), Number(params['j']));
    case 'minProperties':
      if (schema['maxProperties'] !== 1) return value('must not be empty');
      return value('must name one operator, got none');
    case 'maxProperties':
      return value(`must name one operator, got ${Object.keys(error.data as object).join(' and ')}`);
    case 'type':
    case 'pattern':
      return value(
        `must be ${expected(schema)}, ${got}`,
        retyped(error.data, schema) || wantedList(error.data, schema),
      );
    default:
      throw new Error(`no words for the schema's keyword ${error.keyword}`);
  }
}

function explainName(path: Path, name: string, known: unknown): Explanation {
  if (Array.isArray(known)) {
    const names = known as readonly string[];
    const hint = `${suggest(name, names)}\`growbench tasks\` lists them.`;
    return { path: [...path, name], part: 'key', message: 'must be the name of a task', hint };
  }
  return {
    path: [...path, name],
    part: 'key',
    message: 'must be a name that begins with a letter and goes on with letters, digits, "-", "_", "+" and "."',
    hint: 'The name heads a row of the results table.',
  };
}

function explainRepetition(path: Path, items: readonly unknown[], first: number, second: number): Explanation {
  const later = Math.max(first, second);
  return {
    path: [...path, later],
    part: 'value',
    message: `must not be listed twice, got ${describe(items[later])} again`,
    hint: '',
  };
}

/** What the list that is wanted in place of a mapping holds. */
function wantedList(value: unknown, { type, description }: Readonly<Record<string, unknown>>): string {
  const isMapping = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isMapping && type === 'array' ? String(description) : '';
}

/** Of keys that exclude one another, which there may be and which there are. */
function eitherOf({ oneOf }: Readonly<Record<string, unknown>>, given: object): string {
  const keys = (oneOf as readonly { required: readonly string[] }[]).flatMap(({ required }) => required);
  const found = keys.filter((key) => Object.hasOwn(given, key));
  return `must have ${keys.join(' or ')}, got ${found.length === 0 ? 'neither' : 'both'}`;
}

/** What a missing key would mean. */
function described(
  params: Readonly<Record<string, unknown>>,
  { properties }: Readonly<Record<string, unknown>>,
): string {
  const missing = (properties as Record<string, { description?: string }>)[String(params['missingProperty'])];
  return missing?.description ?? '';
}

const TYPES: Readonly<Record<string, string>> = {
  integer: 'a whole number',
  number: 'a number',
  string: 'text',
  object: 'a mapping',
  array: 'a list',
};

const PATTERNS: Readonly<Record<string, string>> = {
  [SHARE]: 'a share from 0% to 100%',
  [SOME_SHARE]: 'a share above 0% such as 70%',
  [PART_SHARE]: 'a share between 0% and 100%',
  '^all$': 'the word all',
  [ENGINE_NAME]: `one of ${ENGINES.join(', ')}`,
};

/** What a value must be, in words. */
function expected(schema: Readonly<Record<string, unknown>>): string {
  if (Array.isArray(schema['enum'])) return `one of ${schema['enum'].join(', ')}`;
  const nameOf = (type: unknown): string => {
    if (type === 'string' && typeof schema['pattern'] === 'string') return PATTERNS[schema['pattern']]!;
    return type === 'object' && schema['maxProperties'] === 1 ? 'an operator with its size' : TYPES[String(type)]!;
  };
  return [schema['type']]
    .flat()
    .filter((type) => type !== 'null')
    .map(nameOf)
    .join(' or ');
}

/** What was received, short enough for a line. */
function describe(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') throw new Error(`YAML has no values of type ${typeof value}`);
  return `the text ${JSON.stringify(value.length > LONGEST_QUOTE ? `${value.slice(0, LONGEST_QUOTE)}…` : value)}`;
}
const LONGEST_QUOTE = 40;

const isKnown = (key: string, { properties = {} }: { readonly properties?: object }): boolean =>
  Object.hasOwn(properties, key);

/** The received value written as the type that is wanted, where it can be told. */
function retyped(value: unknown, schema: Readonly<Record<string, unknown>>): string {
  const types = [schema['type']].flat();
  if (typeof value === 'string' && isKnown(value, schema)) {
    return `Give its size, as in \`${value}: 2\`.`;
  }
  // What is written as a share already is out of range.
  if (typeof value === 'string' && /^[\d.]+%$/.test(value)) return '';
  const text = typeof value === 'string' || typeof value === 'number' ? String(value).replaceAll(/[\s_,%]/g, '') : '';
  const number = text === '' ? NaN : Number(text);
  if (!Number.isFinite(number)) return '';
  if (String(schema['pattern']).includes('%') && (typeof value === 'number' || !types.includes('number'))) {
    const percent = typeof value === 'number' && value <= 1 ? Number((value * 100).toPrecision(6)) : number;
    return percent >= 0 && percent <= 100 ? `Write ${percent}%.` : '';
  }
  const isWhole = types.includes('integer') && Number.isInteger(number);
  return typeof value === 'string' && (isWhole || types.includes('number')) ? `Write ${number}, as a number.` : '';
}
