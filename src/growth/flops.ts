import type { ModelShape } from './layout.ts';

/**
 * FLOPs of one forward pass over one sequence, a multiply and an add counted as two.
 *
 * Every matrix product is counted and nothing else. With n tokens of width d, FFN width f, vocabulary V and m masked
 * positions, a layer costs
 *
 *     8·n·d²   query, key, value and output projections
 *   + 4·n²·d   scores and their product with the values
 *   + 4·n·d·f  the two FFN projections
 *
 * and the masked-LM head, read at the masked positions only, 2·m·d² + 2·m·d·V.
 *
 * Under pooling (Gu et al. 2021, released code) the layers see the pooled tokens followed by the masked ones, which are
 * not pooled. The first layer's queries come from there, its keys and values from the sequence as it was.
 */
export function forwardFlops(shape: ModelShape, masked: number): number {
  const { layers, hidden: d, ffn: f, vocab } = shape;
  const inner = innerLength(shape, masked);
  const layer = (queries: number, keys: number) =>
    4 * queries * d * d + 4 * keys * d * d + 4 * queries * keys * d + 4 * queries * d * f;
  const head = 2 * masked * d * d + 2 * masked * d * vocab;
  return layer(inner, shape.length) + (layers - 1) * layer(inner, inner) + head;
}

/** Tokens that the layers see: all of them, or [CLS], one per pooling window and the masked ones. */
export function innerLength({ length, pool }: ModelShape, masked: number): number {
  return pool === null ? length : 1 + Math.ceil((length - masked - 1) / pool.window) + masked;
}

/** The backward pass of a product is two products of its size: by each of its factors. */
const FORWARD_AND_BACKWARD = 3;

/** Training FLOPs of `steps` steps of `batch` sequences with `masked` masked tokens each. */
export const stageFlops = (shape: ModelShape, masked: number, batch: number, steps: number): number =>
  FORWARD_AND_BACKWARD * forwardFlops(shape, masked) * batch * steps;
