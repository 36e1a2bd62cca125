import type { ModelShape } from '../growth/layout.ts';

/** A size in which a checkpoint is not the model that is to start from it. */
export interface ShapeDifference {
  readonly what: (typeof COMPARED)[number];
  readonly has: number | string;
  readonly wanted: number | string;
}

/** What decides the sizes of a BERT's parameters; the length of its sequences does not. */
const COMPARED = ['layers', 'hidden', 'heads', 'ffn', 'positions', 'norm', 'vocab'] as const;

/** In what a checkpoint's shape differs from the one that is wanted. Empty where its parameters fit. */
export const shapeDifferences = (checkpoint: ModelShape, wanted: ModelShape): ShapeDifference[] =>
  COMPARED.filter((what) => checkpoint[what] !== wanted[what]).map((what) => ({
    what,
    has: checkpoint[what],
    wanted: wanted[what],
  }));

/** The differences in words: `layers 6 instead of 12, norm post instead of pre`. */
export const differencesText = (differences: readonly ShapeDifference[]): string =>
  differences.map(({ what, has, wanted }) => `${what} ${has} instead of ${wanted}`).join(', ');
