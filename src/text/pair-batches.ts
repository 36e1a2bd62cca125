import type { PairBatch, SentenceShard } from './corpus.ts';
import { choosePositions, maskRow, newMaskedBatch, type BatchShape } from './masking.ts';
import { permute } from './permutation.ts';
import { drawsAt, PURPOSE, type Draws } from './random.ts';
import { cutPair, type SentencePair } from './sentence-pairs.ts';
import { stretchesOf } from './stretches.ts';
import { SHIPPED_IDS } from './vocabulary.ts';

/** [CLS] and two [SEP]. */
const SPECIAL = 3;

/**
 * Training batch number `step` of sentence pairs: a function of (seed, step). The shard is cut into stretches of about
 * length-3 tokens; each makes one pair per epoch, in an order that changes from epoch to epoch. B follows A in half of
 * them, by chance. Throws a UserError where no pairs can be made of the shard.
 *
 * BERT makes one pair in ten out of a shorter stretch, so that short sequences are seen too. That is left out here.
 */
export function pairBatch(
  shard: SentenceShard,
  { seed, step, ...shape }: BatchShape & { readonly seed: number; readonly step: number },
): PairBatch {
  const room = shape.length - SPECIAL;
  const stretches = stretchesOf(shard, room);
  return assemble(shape, (row) => {
    const index = step * shape.batch + row;
    const epoch = Math.floor(index / stretches.count);
    const draws = drawsAt(seed, PURPOSE.masking, step, row);
    const follows = draws.below(2) === 0;
    const chosen = permute(index % stretches.count, stretches.count, seed, epoch);
    return { pair: cutPair(shard, stretches, chosen, { follows, room }, draws), follows, draws };
  });
}

/**
 * `count` batches of pairs to measure with, the same for every seed and arm: spread evenly over the shard, B following A
 * in every second. A shard with fewer stretches gives as many whole batches as it has (at least one, its stretches
 * repeating).
 */
export function validationPairBatches(
  shard: SentenceShard,
  { count, ...shape }: BatchShape & { readonly count: number },
): PairBatch[] {
  const room = shape.length - SPECIAL;
  const stretches = stretchesOf(shard, room);
  const batches = Math.max(1, Math.min(count, Math.floor(stretches.count / shape.batch)));
  const rows = batches * shape.batch;
  return Array.from({ length: batches }, (_, number) =>
    assemble(shape, (row) => {
      const index = number * shape.batch + row;
      const spread = rows <= stretches.count ? Math.floor((index * stretches.count) / rows) : index % stretches.count;
      const draws = drawsAt(0, PURPOSE.validation, index);
      const follows = index % 2 === 0;
      return { pair: cutPair(shard, stretches, spread, { follows, room }, draws), follows, draws };
    }),
  );
}

interface Row {
  readonly pair: SentencePair;
  readonly follows: boolean;
  readonly draws: Draws;
}

function assemble(shape: BatchShape, rowOf: (row: number) => Row): PairBatch {
  const { batch, length, masked } = shape;
  const sheet: PairBatch = {
    ...newMaskedBatch(shape),
    segments: new Int32Array(batch * length),
    mask: new Int32Array(batch * length),
    weights: new Float32Array(batch * masked),
    continuations: new Int32Array(batch),
  };
  for (let row = 0; row < batch; row += 1) writeRow(sheet, shape, row, rowOf(row));
  return sheet;
}

function writeRow(sheet: PairBatch, shape: BatchShape, row: number, { pair, follows, draws }: Row): void {
  const { length, masked, special = SHIPPED_IDS } = shape;
  const { first, second } = pair;
  const tokens = Int32Array.of(special.cls, ...first, special.sep, ...second, special.sep);
  const at = row * length;
  sheet.ids.set(tokens, at);
  sheet.segments.fill(1, at + first.length + 2, at + tokens.length);
  sheet.mask.fill(1, at, at + tokens.length);
  sheet.continuations[row] = follows ? 0 : 1;
  const share = Math.max(1, Math.round((masked * tokens.length) / length));
  const wanted = Math.min(share, first.length + second.length);
  maskRow(sheet, shape, row, choosePositions(tokens.subarray(1, -1), wanted, special, draws), draws);
  sheet.weights.fill(1, row * masked, row * masked + wanted);
  // The padding is never less than what a short sequence has too few of.
  for (let index = wanted; index < masked; index += 1) {
    sheet.positions[row * masked + index] = tokens.length + index - wanted;
  }
}
