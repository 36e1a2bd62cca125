import type { Tensor1D } from '@tensorflow/tfjs-core';
import type { Feeds, FeedSpec, StepFunction, Tensors } from '../engine/engine.ts';
import type { Entering } from '../growth/entering.ts';
import { layout, type ModelShape } from '../growth/layout.ts';
import { maskedTokens, type Settings } from '../run/spec.ts';
import type { MaskedBatch } from '../text/corpus.ts';
import { trainedAs } from './adamw.ts';
import type { Dropout } from './dropout.ts';
import type { EncoderInput } from './encoder.ts';
import { enteringState } from './entering.ts';
import { maskedLmLoss } from './masked-lm.ts';
import { parameter } from './parameters.ts';
import { trainingStep, type Objective } from './training-step.ts';

/** Sizes of a masked-LM batch: sequences, tokens of each, masked tokens of each. */
export interface MaskedBatchSize {
  readonly batch: number;
  readonly length: number;
  readonly masked: number;
}

/** Sizes of the batches that a cell trains on, at sequences of `length` tokens. */
export const batchSize = ({ train, data }: Settings, length: number): MaskedBatchSize => ({
  batch: train.batch,
  length,
  masked: maskedTokens(length, data.mask),
});

/** A batch as a step is fed it. Masked positions become rows of all the batch's tokens. */
export function batchFeeds({ ids, positions, labels }: MaskedBatch, { length, masked }: MaskedBatchSize): Feeds {
  const rows = positions.map((position, index) => position + length * Math.floor(index / masked));
  return { ids, masked: rows, visible: visibleRows(rows, ids.length), labels };
}

/** The rows of `tokens` tokens that are not masked, ascending. */
export function visibleRows(masked: Int32Array, tokens: number): Int32Array {
  const hidden = new Set(masked);
  return Int32Array.from({ length: tokens }, (_, row) => row).filter((row) => !hidden.has(row));
}

function feedSpecs({ batch, length, masked }: MaskedBatchSize): Readonly<Record<string, FeedSpec>> {
  return {
    ids: { dtype: 'int32', shape: [batch * length] },
    masked: { dtype: 'int32', shape: [batch * masked] },
    visible: { dtype: 'int32', shape: [batch * (length - masked)] },
    labels: { dtype: 'int32', shape: [batch * masked] },
  };
}

/** The feed of the masks' value, where something enters. */
const MASK = 'entering';
const MASK_FEED: Readonly<Record<string, FeedSpec>> = { [MASK]: { dtype: 'float32', shape: [] } };
export const maskFeed = (value: number): Feeds => ({ [MASK]: Float32Array.of(value) });

/** What pre-training makes small: the loss of the model `shape`, `entering` as yet, on a batch that is fed. */
export function maskedLmObjective(
  shape: ModelShape,
  settings: Settings,
  entering: Entering | null = null,
): Omit<Objective, 'trained'> {
  const size = batchSize(settings, shape.length);
  return {
    feeds: { ...feedSpecs(size), ...(entering === null ? {} : MASK_FEED) },
    loss: (state, fed, dropout) => {
      const seen = entering === null ? state : enteringState(state, shape, entering, parameter(fed, MASK));
      return lossOf(seen, shape, size, fed, dropout);
    },
    dropout: settings.model.dropout,
    clip: settings.train.clip,
  };
}

/** A pre-training step of the model `shape`, `entering` as yet. Outputs `loss` and `gradientNorm`. */
export function maskedLmTraining(
  shape: ModelShape,
  settings: Settings,
  entering: Entering | null = null,
): StepFunction {
  const trained = layout(shape).map(({ name, kind }) => trainedAs(name, kind));
  return trainingStep({ trained, ...maskedLmObjective(shape, settings, entering) });
}

/** The model's loss on a batch, `entering` as yet, nothing dropped and nothing changed. Outputs `loss`. */
export function maskedLmEvaluation(
  shape: ModelShape,
  settings: Settings,
  entering: Entering | null = null,
): StepFunction {
  const { feeds, loss } = maskedLmObjective(shape, settings, entering);
  return { feeds, step: (state, fed) => ({ outputs: { loss: loss(state, fed, null) } }) };
}

function lossOf(state: Tensors, shape: ModelShape, size: MaskedBatchSize, fed: Tensors, dropout: Dropout | null) {
  const feed = (name: string) => parameter(fed, name) as Tensor1D;
  const { batch, length } = size;
  const masking = { masked: feed('masked'), visible: feed('visible') };
  const input: EncoderInput = { batch, length, ids: feed('ids'), segments: null, mask: null, masking };
  return maskedLmLoss(state, shape, input, feed('labels'), dropout);
}
