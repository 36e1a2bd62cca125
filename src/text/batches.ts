import { UserError } from '../errors.ts';
import type { MaskedBatch, TokenShard } from './corpus.ts';
import { permute } from './permutation.ts';
import { drawsAt, PURPOSE, type Draws } from './random.ts';
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

/**
 * Training batch number `step`: a function of (seed, step), so that resuming needs the step number only. The shard is
 * cut into windows of length-2 tokens; every window comes once per epoch, in an order and from a shifted start that
 * change from epoch to epoch. Throws a UserError where the shard is too short for one window.
 */
export function maskedBatch(
  shard: TokenShard,
  { seed, step, ...shape }: BatchShape & { readonly seed: number; readonly step: number },
): MaskedBatch {
  const room = shape.length - 2;
  const windows = windowsIn(shard, room);
  return assemble(shape, (row) => {
    const index = step * shape.batch + row;
    const epoch = Math.floor(index / windows);
    const shift = drawsAt(seed, PURPOSE.order, epoch).below(room);
    const tokens = shard.read(shift + room * permute(index % windows, windows, seed, epoch), room);
    return { tokens, draws: drawsAt(seed, PURPOSE.masking, step, row) };
  });
}

/**
 * `count` batches to measure a loss on, the same for every seed and arm: windows spread evenly over the shard, with
 * masks that depend on the shape only. A shard with fewer windows gives as many whole batches as it has (at least one,
 * its windows repeating with other masks).
 */
export function validationBatches(
  shard: TokenShard,
  { count, ...shape }: BatchShape & { readonly count: number },
): MaskedBatch[] {
  const room = shape.length - 2;
  const windows = windowsIn(shard, room);
  const batches = Math.max(1, Math.min(count, Math.floor(windows / shape.batch)));
  const rows = batches * shape.batch;
  return Array.from({ length: batches }, (_, number) =>
    assemble(shape, (row) => {
      const index = number * shape.batch + row;
      const window = rows <= windows ? Math.floor((index * windows) / rows) : index % windows;
      return { tokens: shard.read(window * room, room), draws: drawsAt(0, PURPOSE.validation, index) };
    }),
  );
}

/** Windows that fit whatever the shift of an epoch. */
function windowsIn(shard: TokenShard, room: number): number {
  const windows = Math.floor((shard.length - room + 1) / room);
  if (windows >= 1) return windows;
  throw new UserError(
    `The corpus has ${shard.length} tokens in a shard; sequences of ${room + 2} tokens need at least ${2 * room - 1}.`,
    'Take more text, or a smaller data.length.',
  );
}

interface Window {
  readonly tokens: Int32Array;
  readonly draws: Draws;
}

function assemble(shape: BatchShape, window: (row: number) => Window): MaskedBatch {
  const { batch, length, masked, vocab, special = SHIPPED_IDS } = shape;
  const reserved = Object.values(special).sort((a, b) => a - b);
  const ids = new Int32Array(batch * length);
  const positions = new Int32Array(batch * masked);
  const labels = new Int32Array(batch * masked);
  for (let row = 0; row < batch; row += 1) {
    const { tokens, draws } = window(row);
    const at = row * length;
    ids[at] = special.cls;
    ids.set(tokens, at + 1);
    ids[at + length - 1] = special.sep;
    const chosen = choosePositions(tokens, masked, special, draws);
    for (const [index, position] of chosen.entries()) {
      positions[row * masked + index] = position;
      const original = ids[at + position]!;
      labels[row * masked + index] = original;
      ids[at + position] = disguise(original, special.mask, draws, () => anyText(vocab, reserved, draws));
    }
  }
  return { ids, positions, labels };
}

/** `masked` different positions in the sequence, ascending. Unknown tokens teach nothing: taken only if all else is. */
function choosePositions(tokens: Int32Array, masked: number, special: SpecialIds, draws: Draws): Int32Array {
  const reserved = Object.values(special);
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
