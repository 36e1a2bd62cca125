import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import type { HostTensor, HostTensors } from '../../src/engine/engine.ts';
import { UNREDUCED, type ModelShape } from '../../src/growth/layout.ts';
import type { EncoderInput } from '../../src/train/encoder.ts';
import { visibleRows } from '../../src/train/masked-batch.ts';

export interface Packed {
  readonly shape: readonly number[];
  readonly base64: string;
}

/** [batch * length], and positions and labels of masked tokens [batch * masked]. */
export interface OracleBatch {
  readonly ids: readonly number[];
  readonly segments: readonly number[];
  readonly mask: readonly number[];
  readonly masked: readonly number[];
  readonly labels: readonly number[];
}

export interface OracleCase {
  readonly batch: OracleBatch;
  readonly logits: readonly number[];
  readonly loss: number;
  readonly gradients: Readonly<Record<string, Packed>>;
}

export interface OracleTraining {
  readonly settings: { readonly decay: number; readonly clip: number };
  readonly rates: readonly number[];
  readonly losses: readonly number[];
  readonly norms: readonly number[];
  readonly batches: readonly OracleBatch[];
  readonly parameters: Readonly<Record<string, Packed>>;
}

/** What test/oracle/bert.py wrote. */
export const readOracle = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../fixtures/bert/${name}.json`, import.meta.url), 'utf8'));

export function unpack(packed: Readonly<Record<string, Packed>>): HostTensors {
  return new Map(
    Object.entries(packed).map(([name, { shape, base64 }]): [string, HostTensor] => {
      const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
      return [name, { shape, values: new Float32Array(bytes.buffer) }];
    }),
  );
}

export const BATCH = 3;
export const WINDOW = 3;
export const RANK = 5;

type Reduced = Partial<Pick<ModelShape, keyof typeof UNREDUCED>>;

/** The oracle's model, of either norm, with the reductions given. */
export const oracleShape = (norm: ModelShape['norm'], reduced: Reduced = {}): ModelShape => {
  const { shape } = readOracle('weights') as { shape: Omit<ModelShape, 'norm' | keyof typeof UNREDUCED> };
  return { ...shape, norm, ...UNREDUCED, ...reduced };
};

export const oracleWeights = (): HostTensors =>
  unpack((readOracle('weights') as { weights: Readonly<Record<string, Packed>> }).weights);

/** Rows of the [batch * length] tokens. */
export const flatRows = ({ masked, ids }: OracleBatch): Int32Array =>
  Int32Array.from(masked, (position, index) => {
    const each = masked.length / BATCH;
    return position + Math.floor(index / each) * (ids.length / BATCH);
  });

export function oracleInput(batch: OracleBatch): EncoderInput {
  const tokens = (values: ArrayLike<number>) => tf.tensor1d(Int32Array.from(values), 'int32');
  return {
    batch: BATCH,
    length: batch.ids.length / BATCH,
    ids: tokens(batch.ids),
    segments: tokens(batch.segments),
    mask: tokens(batch.mask),
    masking: {
      masked: tokens(flatRows(batch)),
      visible: tokens(visibleRows(flatRows(batch), batch.ids.length)),
    },
  };
}

/** Largest difference of two tensors over the largest number of the second, or over `floor` if that is larger. */
export function relativeError(got: ArrayLike<number>, want: ArrayLike<number>, floor = 0): number {
  if (got.length !== want.length) throw new Error(`${got.length} numbers, wanted ${want.length}`);
  const size = Math.max(floor, ...Array.from(want, Math.abs));
  return Math.max(...Array.from(want, (number, index) => Math.abs(got[index]! - number))) / size;
}
