import { UserError } from '../errors.ts';
import type { MaskedBatch } from './corpus.ts';
import type { Draws } from './random.ts';
import { SHIPPED_IDS, type SpecialIds } from './vocabulary.ts';

export interface BatchShape {
  /** Sequences. */
  readonly batch: number;
  /** Tokens of a sequence, [CLS] and [SEP] included. */
  readonly length: number;
  /** Masked tokens of a sequence. */
  readonly masked: number;
  /** Size of the vocabulary, for the random replacements. */
  readonly vocab: number;
  /** Where the vocabulary is not the shipped one. */
  readonly special?: SpecialIds;
}

/** A batch of padding, to be filled row by row. */
export const newMaskedBatch = ({ batch, length, masked, special = SHIPPED_IDS }: BatchShape): MaskedBatch => ({
  ids: new Int32Array(batch * length).fill(special.pad),
  positions: new Int32Array(batch * masked),
  labels: new Int32Array(batch * masked),
});

/**
 * Masks the tokens at `chosen` (positions in sequence `row`, ascending, no more than the shape's): they become labels,
 * and what stands in their place is drawn.
 */
export function maskRow(
  { ids, positions, labels }: MaskedBatch,
  { length, masked, vocab, special = SHIPPED_IDS }: BatchShape,
  row: number,
  chosen: ArrayLike<number>,
  draws: Draws,
): void {
  const reserved = reservedIds(special);
  for (let index = 0; index < chosen.length; index += 1) {
    const at = row * length + chosen[index]!;
    const original = ids[at]!;
    positions[row * masked + index] = chosen[index]!;
    labels[row * masked + index] = original;
    ids[at] = disguise(original, special.mask, draws, () => anyText(vocab, reserved, draws));
  }
}

const reservedIds = (special: SpecialIds): number[] => Object.values<number>({ ...special }).sort((a, b) => a - b);

/**
 * `masked` different positions in a sequence of [CLS] and these tokens, ascending. Unknown tokens teach nothing: taken
 * only if all else is; other special tokens never are. Throws a UserError where there are too few.
 */
export function choosePositions(tokens: Int32Array, masked: number, special: SpecialIds, draws: Draws): Int32Array {
  const reserved = reservedIds(special);
  const known: number[] = [];
  const unknown: number[] = [];
  for (const [index, id] of tokens.entries()) {
    if (!reserved.includes(id)) known.push(index + 1);
    else if (id === special.unk) unknown.push(index + 1);
  }
  if (known.length + unknown.length < masked) {
    throw new UserError(
      `A sequence of ${tokens.length + 2} tokens has fewer than ${masked} that can be masked.`,
      'The corpus is made of very short documents: join them, or lower data.mask.',
    );
  }
  const fromKnown = Math.min(masked, known.length);
  shuffleStart(known, fromKnown, draws);
  shuffleStart(unknown, masked - fromKnown, draws);
  return Int32Array.from([...known.slice(0, fromKnown), ...unknown.slice(0, masked - fromKnown)]).sort();
}

/** The first `count` steps of a Fisher-Yates shuffle. */
function shuffleStart(items: number[], count: number, draws: Draws): void {
  for (let index = 0; index < count; index += 1) {
    const other = index + draws.below(items.length - index);
    [items[index], items[other]] = [items[other]!, items[index]!];
  }
}

/** BERT's rule: 80 % become [MASK], 10 % any token, 10 % stay, so that the encoder cannot trust what it sees. */
function disguise(id: number, mask: number, draws: Draws, any: () => number): number {
  const share = draws.uniform();
  if (share < 0.8) return mask;
  return share < 0.9 ? any() : id;
}

/** A token of text: every one equally likely. `reserved` ids, ascending, are skipped. */
function anyText(vocab: number, reserved: readonly number[], draws: Draws): number {
  const drawn = draws.below(vocab - reserved.length);
  return reserved.reduce((id, taken) => (id >= taken ? id + 1 : id), drawn);
}
