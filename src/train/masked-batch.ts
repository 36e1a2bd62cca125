import type { Tensor1D } from '@tensorflow/tfjs-core';
import type { Feeds, FeedSpec, StepFunction, Tensors } from '../engine/engine.ts';
import type { Entering } from '../growth/entering.ts';
import { isHead, layout, type ModelShape, type Parameter } from '../growth/layout.ts';
import { maskedTokens, type Settings } from '../run/spec.ts';
import type { Freeze } from '../run/stages.ts';
import type { MaskedBatch } from '../text/corpus.ts';
import { OPTIMIZER, trainedAs } from './adamw.ts';
import type { EncoderInput } from './encoder.ts';
import { enteringState } from './entering.ts';
import { maskedLmLoss } from './masked-lm.ts';
import { pairFeedSpecs, pairLoss, pairOutputs } from './pair-loss.ts';
import { parameter } from './parameters.ts';
import { trainingStep, type Objective } from './training-step.ts';

/** Sizes of a masked-LM batch: sequences, tokens of each, masked tokens of each. */
export interface MaskedBatchSize {
  readonly batch: number;
  readonly length: number;
  readonly masked: number;
}

/** The settings that decide the sizes of batches. */
export interface BatchSettings {
  readonly train: Pick<Settings['train'], 'batch'>;
  readonly data: Pick<Settings['data'], 'mask' | 'pairs'>;
}

/** Sizes of the batches that a cell trains on, at sequences of `length` tokens. */
export const batchSize = ({ train, data }: BatchSettings, length: number): MaskedBatchSize => ({
  batch: train.batch,
  length,
  masked: maskedTokens(length, data.mask),
});

/** Whether batches are sentence pairs. */
export const isPaired = ({ data }: BatchSettings): boolean => data.pairs !== undefined;

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

/** The optimizer's feed of the parameters that are trained while the others are frozen. */
export const OPTIMIZER_OF_NEW = 'optimizer_of_new';

/** What a step of a stage has to do with besides its model: null where there is no such thing. */
export interface Meanwhile {
  readonly freeze: Freeze | null;
  /** What is not wholly there yet. */
  readonly entering: Entering | null;
}

const NOTHING: Meanwhile = { freeze: null, entering: null };

/**
 * A pre-training step of the model `shape`; in a stage that freezes some of it, a step after that, with a feed of its
 * own for what was trained meanwhile. Outputs `loss` and `gradientNorm`.
 */
export function maskedLmTraining(
  shape: ModelShape,
  settings: Settings,
  { freeze, entering }: Meanwhile = NOTHING,
): StepFunction {
  const feedOf = (parameter: Parameter) => (isNew(parameter, freeze) ? OPTIMIZER_OF_NEW : OPTIMIZER);
  const trained = layout(shape).map((parameter) => trainedAs(parameter.name, parameter.kind, feedOf(parameter)));
  return trainingStep({ trained, ...maskedLmObjective(shape, settings, entering) });
}

/** A pre-training step of the layers that `freeze` names and of the pre-training heads; all else stays as it is. */
export function maskedLmTrainingOfNew(
  shape: ModelShape,
  settings: Settings,
  { freeze, entering }: Meanwhile,
): StepFunction {
  const trained = layout(shape).filter((parameter) => isNew(parameter, freeze));
  const asNew = trained.map(({ name, kind }) => trainedAs(name, kind, OPTIMIZER_OF_NEW));
  return trainingStep({ trained: asNew, ...maskedLmObjective(shape, settings, entering) });
}

const isNew = (parameter: Parameter, freeze: Freeze | null): boolean =>
  freeze !== null && (isHead(parameter) || (parameter.layer !== null && freeze.layers.includes(parameter.layer)));

/** What pre-training makes small: the loss of the model `shape`, `entering` as yet, on a batch that is fed. */
export const maskedLmObjective = (
  shape: ModelShape,
  settings: Settings,
  entering: Entering | null = null,
): Omit<Objective, 'trained'> => ({
  ...lossThrough(shape, settings, entering),
  dropout: settings.model.dropout,
  clip: settings.train.clip,
});

/**
 * The model's masked-LM loss on a batch, `entering` as yet, nothing dropped and nothing changed. Outputs `loss` and, of
 * sentence pairs, the next-sentence logits `nextSentence`, [batch, 2].
 */
export function maskedLmEvaluation(
  shape: ModelShape,
  settings: BatchSettings,
  entering: Entering | null = null,
): StepFunction {
  const { feeds, seenBy } = seeing(shape, settings, entering);
  const step: StepFunction['step'] = (state, fed) => {
    const { seen, input } = seenBy(state, fed);
    if (!isPaired(settings)) return { outputs: { loss: maskedLmLoss(seen, shape, input, labelsOf(fed), null) } };
    const { maskedLm, nextSentence } = pairOutputs(seen, shape, input, fed, null);
    return { outputs: { loss: maskedLm, nextSentence } };
  };
  return { feeds, step };
}

function lossThrough(
  shape: ModelShape,
  settings: BatchSettings,
  entering: Entering | null,
): Pick<Objective, 'feeds' | 'loss'> {
  const { feeds, seenBy } = seeing(shape, settings, entering);
  const loss: Objective['loss'] = (state, fed, dropout) => {
    const { seen, input } = seenBy(state, fed);
    if (!isPaired(settings)) return maskedLmLoss(seen, shape, input, labelsOf(fed), dropout);
    return pairLoss(pairOutputs(seen, shape, input, fed, dropout), fed);
  };
  return { feeds, loss };
}

/** The feeds of a batch, and what they make of the state and of the encoder's input. */
function seeing(shape: ModelShape, settings: BatchSettings, entering: Entering | null) {
  const { batch, length, masked } = batchSize(settings, shape.length);
  const seenBy = (state: Tensors, fed: Tensors): { readonly seen: Tensors; readonly input: EncoderInput } => {
    const feed = (name: string) => parameter(fed, name) as Tensor1D;
    const masking = { masked: feed('masked'), visible: feed('visible') };
    return {
      seen: entering === null ? state : enteringState(state, shape, entering, parameter(fed, MASK)),
      input: { batch, length, ids: feed('ids'), segments: null, mask: null, masking },
    };
  };
  const feeds = {
    ...feedSpecs({ batch, length, masked }),
    ...(isPaired(settings) ? pairFeedSpecs(batch, length, masked) : {}),
    ...(entering === null ? {} : MASK_FEED),
  };
  return { feeds, seenBy };
}

const labelsOf = (fed: Tensors): Tensor1D => parameter(fed, 'labels') as Tensor1D;
