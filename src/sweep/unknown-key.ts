import { suggest } from '../errors.ts';
import { operators } from '../growth/operators/index.ts';
import type { Explanation } from './explain.ts';
import type { Path } from './problem.ts';
import { isDimension } from './schema.ts';
import { settingPaths } from './settings-schema.ts';

/** Words for a key that the schema does not know, with a guess at what was meant. */
export function explainUnknownKey(
  path: Path,
  key: string,
  { properties }: Readonly<Record<string, unknown>>,
): Explanation {
  const known = Object.keys(properties ?? {});
  const [message, hint] = wordsFor(path, key, known);
  return { path: [...path, key], part: 'key', message, hint };
}

function wordsFor(path: Path, key: string, known: readonly string[]): readonly [message: string, hint: string] {
  const dimension = path.findLast((step) => typeof step === 'string') ?? '';
  if (isDimension(dimension) || dimension === 'compound') return operatorWords(dimension, key, known);
  return ['is not a setting', `${suggest(key, known) || elsewhere(path, key)}Known here: ${known.join(', ')}.`];
}

function operatorWords(place: string, key: string, known: readonly string[]): readonly [string, string] {
  const kind = isDimension(place) ? `an operator of ${place}` : 'a growth operator';
  const other = operators.find(({ name }) => name === key);
  if (other !== undefined)
    return [`is an operator of ${other.dimension}, not of ${place}`, `Write it under ${other.dimension}.`];
  const names = operators.map(({ name }) => name);
  return [`is not ${kind}`, `${suggest(key, known) || suggest(key, names)}Known here: ${known.join(', ')}.`];
}

/** A setting of that name in another section. */
function elsewhere(path: Path, key: string): string {
  const places = settingPaths().filter((setting) => setting === key || setting.endsWith(`.${key}`));
  const inBase = path.length === 0 ? places.map((setting) => `base.${setting}`) : places;
  return inBase.length === 0 ? '' : `Did you mean ${inBase.join(' or ')}? `;
}
