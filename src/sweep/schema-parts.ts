/** A JSON Schema of draft 7. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** `70%`, from 0 to 100. */
export const SHARE = String.raw`^(100(\.0+)?|\d{1,2}(\.\d+)?)%$`;
/** A share that is not 0. */
export const SOME_SHARE = String.raw`^(?!0+(\.0+)?%)(100(\.0+)?|\d{1,2}(\.\d+)?)%$`;
/** A share that is neither 0 nor all. */
export const PART_SHARE = String.raw`^(?!0+(\.0+)?%)\d{1,2}(\.\d+)?%$`;

/** Far above any model that could be trained, low enough that planning one does not exhaust memory. */
export const LARGEST_SIZE = 65_536;
/** Far above any comparison that could be run. */
export const MOST_SEEDS = 1_000;

export const ENGINES = ['auto', 'tensorflow', 'cuda', 'wasm'];
export const ENGINE_NAME = `^(${ENGINES.join('|')})$`;

/** A closed object: any other key is a mistake. */
export const mapping = (description: string, properties: Readonly<Record<string, JsonSchema>>): JsonSchema => ({
  type: 'object',
  description,
  properties,
  additionalProperties: false,
});

/** A list without repetitions. */
export const list = (description: string, items: JsonSchema): JsonSchema => ({
  type: 'array',
  description,
  items,
  uniqueItems: true,
});

export const whole = (description: string, minimum: number, maximum: number): JsonSchema => ({
  type: 'integer',
  description,
  minimum,
  maximum,
});

/** A number above `exclusiveMinimum`. */
export const above = (description: string, exclusiveMinimum: number, maximum: number): JsonSchema => ({
  type: 'number',
  description,
  exclusiveMinimum,
  maximum,
});

export const choice = (description: string, values: readonly string[]): JsonSchema => ({
  type: 'string',
  description,
  enum: values,
});

/** A share written with %, or a number within `bounds` where there are any. */
export const share = (description: string, bounds?: JsonSchema, type = 'number'): JsonSchema => ({
  type: bounds === undefined ? 'string' : [type, 'string'],
  description,
  ...bounds,
  pattern: SHARE,
});
