import type { ArmGroup } from '../../run/spec.ts';

/** How the marks of a group of arms look: told apart by shape as well as by colour. */
export interface Look {
  /** A custom property of the page's style, so that it follows the reader's scheme. */
  readonly colour: string;
  readonly symbol: 'circle' | 'square' | 'triangle' | 'diamond' | 'star' | 'cross' | 'wye' | 'asterisk';
}

/** A look for every group. The colours are those of Okabe and Ito (2008), which the colour-blind can tell apart. */
export const LOOKS: Readonly<Record<ArmGroup, Look>> = {
  baseline: { colour: 'var(--baseline)', symbol: 'circle' },
  depth: { colour: 'var(--depth)', symbol: 'square' },
  width: { colour: 'var(--width)', symbol: 'triangle' },
  length: { colour: 'var(--length)', symbol: 'diamond' },
  attention: { colour: 'var(--attention)', symbol: 'wye' },
  compound: { colour: 'var(--compound)', symbol: 'star' },
  control: { colour: 'var(--control)', symbol: 'cross' },
  other: { colour: 'var(--other)', symbol: 'asterisk' },
};
