import { matMul, type Tensor2D } from '@tensorflow/tfjs-core';
import type { Tensors } from '../engine/engine.ts';
import { gelu } from '../engine/ops/activations.ts';
import { dense as product } from '../engine/ops/dense.ts';
import { parameterName, type ModelShape } from '../growth/layout.ts';
import { drop, SITE, type Dropout } from './dropout.ts';
import { dense, matrix, vector } from './parameters.ts';

/**
 * The feed-forward network of `layer` with GELU between its two products, without the residual. x [rows, hidden].
 * Under factorization each of the two kernels is itself a product, which is never formed.
 */
export function feedForward(
  state: Tensors,
  { ffnRank }: Pick<ModelShape, 'ffnRank'>,
  layer: number,
  x: Tensor2D,
  dropout: Dropout | null,
): Tensor2D {
  const project = (leaf: string, rows: Tensor2D) => {
    const name = parameterName(layer, leaf);
    return ffnRank === null ? dense(state, name, rows) : factorized(state, name, rows);
  };
  const inner = gelu(project('ffn_input', x)) as Tensor2D;
  return drop(project('ffn_output', inner), dropout, SITE.ffnOutput(layer));
}

/** x L R + b. x [rows, inputs], L [inputs, rank], R [rank, outputs]; gives [rows, outputs]. */
function factorized(state: Tensors, name: string, x: Tensor2D): Tensor2D {
  const inner = matMul<Tensor2D>(x, matrix(state, `${name}/left`));
  return product(inner, matrix(state, `${name}/right`), vector(state, `${name}/bias`));
}
