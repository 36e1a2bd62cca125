import { forwardFlops, innerLength, nextSentenceFlops } from './flops.ts';
import { scoreLayer, type ModelShape } from './layout.ts';

/**
 * Training FLOPs of one sequence where only `trained` layers and the pre-training heads are: the whole forward pass, and a
 * backward pass that ends at the lowest trained layer. There a product costs one more for the gradient of its kernel,
 * if that is trained, and one more for the gradient of its input, if anything trained lies below. `trained` ascending,
 * not empty; counted as in `forwardFlops`.
 */
export function frozenFlops(shape: ModelShape, masked: number, trained: readonly number[]): number {
  const { hidden: d, vocab, layers } = shape;
  const lowest = trained[0] ?? layers;
  const above = Array.from({ length: layers - lowest }, (_, index) => lowest + index);
  const backward = above.map((layer) => layerBackward(shape, masked, layer, lowest, trained.includes(layer)));
  // The output kernel is the token table: frozen, but passed through.
  const head = 2 * (2 * masked * d * d) + 2 * masked * d * vocab + 2 * nextSentenceFlops(shape);
  return backward.reduce((sum, flops) => sum + flops, forwardFlops(shape, masked) + head);
}

function layerBackward(shape: ModelShape, masked: number, layer: number, lowest: number, trained: boolean): number {
  const { hidden: d, ffn: f, ffnRank } = shape;
  const queries = innerLength(shape, masked);
  const scores = scoreLayer(shape, layer);
  const keys = scores === 0 ? shape.length : queries;
  const kernel = trained ? 1 : 0;
  // Pre-norm projects what the layer's own gain has scaled.
  const gain = shape.norm === 'pre' && trained;
  const stream = kernel + (layer > lowest || gain ? 1 : 0);
  const memory = shape.pool !== null && scores === 0 ? kernel + (gain ? 1 : 0) : stream;
  const projected = stream * 2 * queries * d * d + memory * 2 * keys * d * d;
  const own = scores === layer ? projected + 2 * (2 * queries * keys * d) : 0;
  // Nothing asks for the gradient of values that frozen weights made of the frozen embedding.
  const factors = (scores >= lowest ? 1 : 0) + (memory > 0 ? 1 : 0);
  const values = memory * 2 * keys * d * d + factors * 2 * queries * keys * d;
  const ffn = ffnRank === null ? 4 * queries * d * f : 4 * queries * ffnRank * (d + f);
  return own + values + (kernel + 1) * (2 * queries * d * d + ffn);
}
