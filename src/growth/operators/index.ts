import type { GrowthOperator } from '../operator.ts';
import { concatPool } from './concat-pool.ts';
import { ffnFactorize } from './ffn-factorize.ts';
import { ffnNet2net } from './ffn-net2net.ts';
import { ffnRandom } from './ffn-random.ts';
import { ffnShare } from './ffn-share.ts';
import { identity } from './identity.ts';
import { interleave } from './interleave.ts';
import { ligoDepth } from './ligo-depth.ts';
import { ligoWidth } from './ligo-width.ts';
import { maxPool } from './max-pool.ts';
import { meanPool } from './mean-pool.ts';
import { msgDepth } from './msg-depth.ts';
import { msgFfn } from './msg-ffn.ts';
import { msgHidden } from './msg-hidden.ts';
import { random } from './random.ts';
import { shareAttention } from './share-attention.ts';
import { stack } from './stack.ts';
import { truncate } from './truncate.ts';
import { widthCopy } from './width-copy.ts';
import { widthDouble } from './width-double.ts';
import { widthLemon } from './width-lemon.ts';
import { widthNextLayer } from './width-next-layer.ts';
import { widthRandom } from './width-random.ts';

/** Adding an operator: one file beside this one, one line here. Listed by dimension. */
export const operators: readonly GrowthOperator[] = [
  stack,
  interleave,
  identity,
  random,
  msgDepth,
  ligoDepth,
  ffnShare,
  ffnFactorize,
  ffnNet2net,
  ffnRandom,
  msgFfn,
  msgHidden,
  ligoWidth,
  widthCopy,
  widthNextLayer,
  widthDouble,
  widthLemon,
  widthRandom,
  meanPool,
  maxPool,
  concatPool,
  truncate,
  shareAttention,
];
