import type { GrowthOperator } from '../operator.ts';
import { ffnShare } from './ffn-share.ts';
import { ligoDepth } from './ligo-depth.ts';
import { ligoWidth } from './ligo-width.ts';
import { meanPool } from './mean-pool.ts';
import { msgDepth } from './msg-depth.ts';
import { msgFfn } from './msg-ffn.ts';
import { msgHidden } from './msg-hidden.ts';
import { stack } from './stack.ts';
import { truncate } from './truncate.ts';

/** Adding an operator: one file beside this one, one line here. Listed by dimension. */
export const operators: readonly GrowthOperator[] = [
  stack, //
  ligoDepth,
  msgDepth,
  ffnShare,
  ligoWidth,
  msgFfn,
  msgHidden,
  meanPool,
  truncate,
];
