import { readFileSync } from 'node:fs';
import type { ModelShape } from '../growth/layout.ts';

/** The largest change of any logit when the contract tests' model grows, by where its norms stand. */
export type MeasuredChange = Readonly<Record<ModelShape['norm'], number>>;

const FILE = new URL('../../assets/measured-change.json', import.meta.url);

/** By operator, as `npm run measure` found it, to one significant digit. An operator added since has none. */
export const measuredChanges = (): ReadonlyMap<string, MeasuredChange> =>
  new Map(Object.entries(JSON.parse(readFileSync(FILE, 'utf8')) as Readonly<Record<string, MeasuredChange>>));

/** `0.7`, or `4e-7` where that is shorter. */
export const changeText = (change: number): string =>
  change === 0 || change >= 0.01 ? String(change) : change.toExponential(0);
