import type { GrowthOperator } from '../operator.ts';
import { ffnShare } from './ffn-share.ts';
import { meanPool } from './mean-pool.ts';
import { stack } from './stack.ts';
import { truncate } from './truncate.ts';

/** Adding an operator: one file beside this one, one line here. Listed by dimension. */
export const operators: readonly GrowthOperator[] = [
  stack, //
  ffnShare,
  meanPool,
  truncate,
];
