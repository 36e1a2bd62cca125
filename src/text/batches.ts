import { UserError } from '../errors.ts';
import type { MaskedBatch, TokenShard } from './corpus.ts';
import { choosePositions, maskRow, newMaskedBatch, type BatchShape } from './masking.ts';
import { permute } from './permutation.ts';
import { drawsAt, PURPOSE, type Draws } from './random.ts';
import { SHIPPED_IDS } from './vocabulary.ts';

export type { BatchShape } from './masking.ts';

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
  const { batch, length, special = SHIPPED_IDS } = shape;
  const sheet = newMaskedBatch(shape);
  for (let row = 0; row < batch; row += 1) {
    const { tokens, draws } = window(row);
    const at = row * length;
    sheet.ids[at] = special.cls;
    sheet.ids.set(tokens, at + 1);
    sheet.ids[at + length - 1] = special.sep;
    maskRow(sheet, shape, row, choosePositions(tokens, shape.masked, special, draws), draws);
  }
  return sheet;
}
