import type { SettingsInput, SweepInput } from './grammar.ts';
import { placeOf, type Written } from './place.ts';
import { dotted, type Path, type Problem } from './problem.ts';

type Part = Pick<SweepInput, 'base' | 'arms' | 'grid' | 'zip'>;

const HINT = 'The file of a vocabulary says how many entries it has: remove one of the two.';

/** A vocabulary of the user's has the size that it has: none can be given or varied beside it. */
export function vocabularyProblems(input: SweepInput, written: Written): Problem[] {
  const parts: readonly [Path, Part][] = [
    [[], input],
    ...Object.entries(input.cases ?? {}).map(([name, part]): [Path, Part] => [['cases', name], part ?? {}]),
  ];
  const holders = parts.flatMap(([at, part]) => holdersIn(at, part));
  const hasVocabulary = holders.some(([, { data }]) => data?.vocabulary !== undefined);
  const both = holders.filter(([, { data }]) => data?.vocabulary !== undefined && data.vocab !== undefined);
  const varied = parts.flatMap(([at, part]) =>
    (['grid', 'zip'] as const)
      .filter((key) => hasVocabulary && part[key] !== undefined && 'data.vocab' in part[key])
      .map((key): Path => [...at, key, 'data.vocab']),
  );
  return [...both.map(([at]): Path => [...at, 'data', 'vocab']), ...varied].map((path) => ({
    place: placeOf(written, path),
    subject: dotted(path),
    message: 'must not be given beside data.vocabulary',
    hint: HINT,
  }));
}

const holdersIn = (at: Path, { base, arms }: Part): [Path, SettingsInput][] => [
  [[...at, 'base'], base ?? {}],
  ...Object.entries(arms ?? {}).map(([name, arm]): [Path, SettingsInput] => [[...at, 'arms', name], arm ?? {}]),
];
