import { CONTINUATIONS, scoreLayer, type ModelShape } from './layout.ts';

/**
 * FLOPs of one forward pass over one sequence, a multiply and an add counted as two.
 *
 * Every matrix product is counted and nothing else. With n tokens of width d, FFN width f, vocabulary V and m masked
 * positions, a layer costs
 *
 *     8·n·d²   query, key, value and output projections
 *   + 4·n²·d   scores and their product with the values
 *   + 4·n·d·f  the two FFN projections; factorized at rank r, 4·n·r·(d + f)
 *
 * and the masked-LM head, read at the masked positions only, 2·m·d² + 2·m·d·V; a next-sentence head, read at [CLS],
 * adds 2·d² + 4·d. A layer that uses another's scores saves its query and key projections and the scores,
 * 4·n·d² + 2·n²·d.
 *
 * Under pooling (Gu et al. 2021, released code) the layers see the pooled tokens followed by the masked ones, which are
 * not pooled. The first layer's queries come from there, its keys and values from the sequence as it was; so are the
 * values of the layers that use its scores. Joining p embeddings costs a projection of 2·w·p·d² for w windows.
 */
export function forwardFlops(shape: ModelShape, masked: number): number {
  const { layers, hidden: d, vocab } = shape;
  const inner = innerLength(shape, masked);
  const all = Array.from({ length: layers }, (_, layer) => {
    const scores = scoreLayer(shape, layer);
    return layerFlops(shape, inner, scores === 0 ? shape.length : inner, scores === layer);
  });
  const head = 2 * masked * d * d + 2 * masked * d * vocab;
  return all.reduce((sum, one) => sum + one, head + nextSentenceFlops(shape) + poolFlops(shape, inner, masked));
}

/** Of one forward pass of the pooler and the next-sentence head; 0 where there is none. */
export const nextSentenceFlops = ({ nextSentence, hidden: d }: ModelShape): number =>
  nextSentence === true ? 2 * d * d + 2 * d * CONTINUATIONS : 0;

function layerFlops({ hidden: d, ffn: f, ffnRank }: ModelShape, queries: number, keys: number, own: boolean): number {
  const scores = own ? 2 * queries * d * d + 2 * keys * d * d + 2 * queries * keys * d : 0;
  const values = 2 * queries * d * d + 2 * keys * d * d + 2 * queries * keys * d;
  const ffn = ffnRank === null ? 4 * queries * d * f : 4 * queries * ffnRank * (d + f);
  return scores + values + ffn;
}

function poolFlops({ pool, hidden }: ModelShape, inner: number, masked: number): number {
  if (pool?.how !== 'concat') return 0;
  return 2 * (inner - masked) * pool.window * hidden * hidden;
}

/**
 * Tokens that the layers see: all of them, or [CLS], one per pooling window and the masked ones. Joining (`concat`)
 * takes [CLS] into the first window (Gu et al. 2021, released code).
 */
export function innerLength({ length, pool }: ModelShape, masked: number): number {
  if (pool === null) return length;
  const whole = pool.how === 'concat' ? 0 : 1;
  return whole + Math.ceil((length - masked - whole) / pool.window) + masked;
}

/** The backward pass of a product is two products of its size: by each of its factors. */
const FORWARD_AND_BACKWARD = 3;

/** Training FLOPs of `steps` steps of `batch` sequences with `masked` masked tokens each. */
export const stageFlops = (shape: ModelShape, masked: number, batch: number, steps: number): number =>
  FORWARD_AND_BACKWARD * forwardFlops(shape, masked) * batch * steps;
