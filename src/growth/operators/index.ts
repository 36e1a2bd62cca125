import type { GrowthOperator } from '../operator.ts';
import { ffnShare } from './ffn-share.ts';
import { meanPool } from './mean-pool.ts';
import { stack } from './stack.ts';
import { truncate } from './truncate.ts';
import { widthCopy } from './width-copy.ts';
import { widthDouble } from './width-double.ts';
import { widthLemon } from './width-lemon.ts';
import { widthNextLayer } from './width-next-layer.ts';
import { widthRandom } from './width-random.ts';

/** Adding an operator: one file beside this one, one line here. Listed by dimension. */
export const operators: readonly GrowthOperator[] = [
  stack, //
  ffnShare,
  widthCopy,
  widthNextLayer,
  widthDouble,
  widthLemon,
  widthRandom,
  meanPool,
  truncate,
];
