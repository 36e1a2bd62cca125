import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { Tensors } from '../engine/engine.ts';
import { gelu } from '../engine/ops/activations.ts';
import { parameterName } from '../growth/layout.ts';
import { drop, SITE, type Dropout } from './dropout.ts';
import { dense } from './parameters.ts';

/** The feed-forward network of `layer` with GELU between its two products, without the residual. x [rows, hidden]. */
export function feedForward(state: Tensors, layer: number, x: Tensor2D, dropout: Dropout | null): Tensor2D {
  const inner = gelu(dense(state, parameterName(layer, 'ffn_input'), x)) as Tensor2D;
  return drop(dense(state, parameterName(layer, 'ffn_output'), inner), dropout, SITE.ffnOutput(layer));
}
