import * as tf from '@tensorflow/tfjs-core';
import type { FeedSpec, StepFunction, Tensors } from '../engine/engine.ts';
import { adamUpdate, OPTIMIZER, OPTIMIZER_FEED, optimizerFeed, type Trained } from './adamw.ts';
import type { Dropout } from './dropout.ts';
import { parameter } from './parameters.ts';

/** What a training step is made of. */
export interface Objective {
  readonly trained: readonly Trained[];
  /** Of the batch. */
  readonly feeds: Readonly<Record<string, FeedSpec>>;
  /** The number to make small, from the parameters and one batch. */
  readonly loss: (parameters: Tensors, batch: Tensors, dropout: Dropout | null) => tf.Scalar;
  readonly dropout: number;
  readonly clip: number;
}

/** Gradients, clipping and one AdamW update. Gives `loss` and, before clipping, `gradientNorm`, both of shape []. */
export function trainingStep({ trained, feeds, loss, dropout: rate, clip }: Objective): StepFunction {
  const step: StepFunction['step'] = (state, fed) => {
    const dropout: Dropout = { rate, seed: parameter(fed, 'dropout') as tf.Tensor1D };
    const names = trained.map(({ name }) => name);
    const objective = (...tensors: tf.Tensor[]) =>
      loss({ ...state, ...Object.fromEntries(tensors.map((tensor, index) => [names[index]!, tensor])) }, fed, dropout);
    const { value, grads } = tf.valueAndGrads(objective)(names.map((name) => parameter(state, name)));
    const update = adamUpdate(state, trained, grads, fed, clip);
    return { state: update.state, outputs: { loss: value, gradientNorm: update.gradientNorm } };
  };
  const optimizer = Object.fromEntries(trained.map(({ feed }) => [feed, OPTIMIZER_FEED]));
  return { feeds: { ...feeds, ...optimizer, dropout: DROPOUT_FEED }, step };
}

const DROPOUT_FEED: FeedSpec = { dtype: 'int32', shape: [2] };

/** What a step is fed besides its batch. `update` counts the updates of the moments, from 1; `step` names the masks. */
export function stepFeeds(at: {
  readonly rate: number;
  readonly decay: number;
  readonly update: number;
  readonly seed: number;
  readonly step: number;
}): { readonly optimizer: Float32Array; readonly dropout: Int32Array } {
  return {
    [OPTIMIZER]: optimizerFeed(at.rate, at.decay, at.update),
    dropout: Int32Array.of(at.seed, at.step),
  };
}

/** The one number of an output of shape []. */
export function scalarOutput(outputs: ReadonlyMap<string, Float32Array>, name: string): number {
  const value = outputs.get(name)?.[0];
  if (value === undefined) throw new Error(`a step gave no ${name}`);
  return value;
}
