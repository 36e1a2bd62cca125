import { isMapping, removeAt, valueAt } from './at-path.ts';
import type { Path } from './problem.ts';

/** Settings that say one thing in two ways: a budget is one of steps or of FLOPs, a vocabulary the shipped one or a file's. */
const RIVALS: readonly (readonly [Path, Path])[] = [
  [
    ['train', 'steps'],
    ['train', 'flops'],
  ],
  [
    ['data', 'vocab'],
    ['data', 'vocabulary'],
  ],
];

/** `under` without the settings whose place others take that `over` gives where they stand: in base, an arm or a case. */
export function withoutRivals(under: unknown, over: unknown): unknown {
  return holdersIn(over).reduce((left, holder) => {
    const given = (setting: Path) => valueAt(over, [...holder, ...setting]) !== undefined;
    const replaced = RIVALS.flatMap(([one, other]) => [...(given(one) ? [other] : []), ...(given(other) ? [one] : [])]);
    return replaced.reduce((rest, setting) => removeAt(rest, [...holder, ...setting]), left);
  }, under);
}

/** Where a sweep file, of whatever form, holds settings. */
function holdersIn(value: unknown, at: Path = []): Path[] {
  const inner = (key: string): [name: string, value: unknown][] => {
    const part = valueAt(value, [key]);
    return isMapping(part) ? Object.entries(part) : [];
  };
  return [
    [...at, 'base'],
    ...inner('arms').map(([name]) => [...at, 'arms', name]),
    ...(at.length === 0 ? inner('cases').flatMap(([name, own]) => holdersIn(own, ['cases', name])) : []),
  ];
}
