import type { Axis, ModelShape, Parameter } from './layout.ts';

/** Units and layers that enter a grown model through masks, which rise from 0 to 1 over the first steps of its stage. */
export interface Entering {
  /** The grown shape without what enters: layers and units beyond these are new. */
  readonly from: ModelShape;
  /** Steps until the masks are 1. */
  readonly ramp: number;
}

/** The masks' value in step `own` of the stage, counted from 0: above 0 from the first, or new weights would not learn. */
export const maskAt = ({ ramp }: Entering, own: number): number => Math.min(1, (own + 1) / ramp);

/** Whether a layer of the grown model is new. They are the last ones. */
export const entersAsLayer = ({ from }: Entering, layer: number): boolean => layer >= from.layers;

/**
 * Whether the mask of entering units weighs a parameter along `axis` (Yao et al. 2024, section 3: a mask on every hidden
 * state and on the FFN's inner one). Masking a state is masking what writes it: the columns of the kernels, biases,
 * tables and norms that make it. FFN units and the units of new heads are masked where they are read, in the rows of the
 * kernel after them, since what comes between is not linear.
 */
export function isMasked({ leaf, kind }: Pick<Parameter, 'leaf' | 'kind'>, axis: number, named: Axis): boolean {
  const [module = ''] = leaf.split('/');
  const rows = kind === 'kernel' && axis === 0;
  switch (named) {
    case 'ffn':
      return rows;
    case 'hidden':
      return rows ? module === 'attention_output' : !['query', 'key', 'value'].includes(module);
    case 'vocab':
    case 'position':
    case 'segment':
    case 'rank':
    case 'window':
    case 'continuation':
      return false;
  }
}
