import type { Feeds, FeedSpec } from '../engine.ts';

/**
 * Throws an Error that names the feed that is missing, not declared, of the wrong type or size, or that holds an index
 * that is negative or not below its limit.
 */
export function checkFeeds(
  name: string,
  specs: Readonly<Record<string, FeedSpec>>,
  feeds: Feeds,
  limits: ReadonlyMap<string, number>,
): void {
  const missing = Object.keys(specs).filter((entry) => feeds[entry] === undefined);
  if (missing.length > 0) throw new Error(`${name}: not fed: ${missing.join(', ')}`);
  const unknown = Object.keys(feeds).filter((entry) => specs[entry] === undefined);
  if (unknown.length > 0) throw new Error(`${name}: fed, but not declared: ${unknown.join(', ')}`);
  for (const [entry, spec] of Object.entries(specs)) {
    checkForm(`${name}: feed "${entry}"`, spec, feeds[entry]!);
    checkRange(`${name}: feed "${entry}"`, feeds[entry]!, limits.get(entry));
  }
}

function checkForm(what: string, { dtype, shape }: FeedSpec, values: Feeds[string]): void {
  const fits = dtype === 'float32' ? values instanceof Float32Array : values instanceof Int32Array;
  if (!fits) throw new Error(`${what} must be ${dtype}, got ${values.constructor.name}`);
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  if (values.length !== size) {
    throw new Error(`${what} of shape [${shape.join(', ')}] needs ${size} numbers, got ${values.length}`);
  }
}

/** In JavaScript, since TensorFlow's ops differ in what they do with an index out of range: some hide it. */
function checkRange(what: string, values: Feeds[string], below: number | undefined): void {
  if (below === undefined) return;
  const at = values.findIndex((value: number) => value < 0 || value >= below);
  if (at !== -1) throw new Error(`${what} must hold indices from 0 to ${below - 1}, got ${values[at]!} at ${at}`);
}
