import * as tf from '@tensorflow/tfjs-core';
import type { FeedSpec, HostTensors, Tensors } from '../engine/engine.ts';
import { adamw, squareSum } from '../engine/ops/adamw.ts';
import type { ParameterKind } from '../growth/layout.ts';
import { parameter } from './parameters.ts';

/** BERT's constants (Devlin et al. 2019, section A.2 and released code). */
const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-6 } as const;

/** Keeps the clipping factor finite for a gradient of 0, as PyTorch's clip_grad_norm_ does. */
const NORM_EPSILON = 1e-6;

/** A parameter under training. */
export interface Trained {
  readonly name: string;
  /** Biases and norms do not decay: pulling them to 0 would change the function, not its smoothness. */
  readonly decays: boolean;
  /** The feed that it is updated by: parameters whose moments have seen fewer updates than others' have their own. */
  readonly feed: string;
}

/** The feed of all parameters that are trained at every step. */
export const OPTIMIZER = 'optimizer';

export const trainedAs = (name: string, kind: ParameterKind, feed = OPTIMIZER): Trained => ({
  name,
  decays: kind === 'kernel' || kind === 'table',
  feed,
});

const MOMENTS = 'adam/';
export const isMoment = (name: string): boolean => name.startsWith(MOMENTS);
export const firstMoment = (name: string): string => `${MOMENTS}first/${name}`;
export const secondMoment = (name: string): string => `${MOMENTS}second/${name}`;

/** Moments of 0 for every one of `parameters`, by their names in the state. */
export function freshMoments(parameters: HostTensors): HostTensors {
  return new Map(
    [...parameters].flatMap(([name, { shape, values }]) =>
      [firstMoment(name), secondMoment(name)].map((moment) => [
        moment,
        { shape, values: new Float32Array(values.length) },
      ]),
    ),
  );
}

/** What a step is fed of the optimizer: float32 [3], made by `optimizerFeed`. */
export const OPTIMIZER_FEED: FeedSpec = { dtype: 'float32', shape: [3] };

/**
 * rate / (1 - β1^t), rate · decay and 1 / (1 - β2^t), for update number t (from 1) of these moments. Reckoned outside
 * the step since single precision would lose four digits of 1 - β2^t.
 */
export function optimizerFeed(rate: number, decay: number, update: number): Float32Array {
  return Float32Array.of(rate / (1 - ADAM.beta1 ** update), rate * decay, 1 / (1 - ADAM.beta2 ** update));
}

/**
 * One AdamW update (Loshchilov & Hutter 2019, in PyTorch's form) of all `trained` parameters, their gradients clipped
 * to a global norm of `clip`. `fed` has the optimizer's feeds. Gives the state entries that change.
 */
export function adamUpdate(
  state: Tensors,
  trained: readonly Trained[],
  gradients: readonly tf.Tensor[],
  fed: Tensors,
  clip: number,
): { readonly state: Tensors; readonly gradientNorm: tf.Scalar } {
  const norm = tf.sqrt<tf.Scalar>(tf.addN(gradients.map(squareSum)));
  const factor = tf.minimum(tf.div(clip, tf.add(norm, NORM_EPSILON)), 1);
  const feeds = [...new Set(trained.map(({ feed }) => feed))];
  const rates = new Map(feeds.map((feed) => [feed, ratesOf(parameter(fed, feed), factor)]));
  const changed: Record<string, tf.Tensor> = {};
  for (const [index, { name, decays, feed }] of trained.entries()) {
    const { decaying, keeping } = rates.get(feed)!;
    const before = {
      weight: parameter(state, name),
      first: parameter(state, firstMoment(name)),
      second: parameter(state, secondMoment(name)),
    };
    const after = adamw(before, gradients[index]!, decays ? decaying : keeping, ADAM);
    changed[name] = after.weight;
    changed[firstMoment(name)] = after.first;
    changed[secondMoment(name)] = after.second;
  }
  return { state: changed, gradientNorm: norm };
}

/** What the update is told, float32 [4], for parameters that decay and for those that do not. */
function ratesOf(fed: tf.Tensor, factor: tf.Tensor) {
  const [rate, decay, correction] = tf.unstack(fed) as [tf.Tensor, tf.Tensor, tf.Tensor];
  return {
    decaying: tf.stack([factor, rate, decay, correction]) as tf.Tensor1D,
    keeping: tf.stack([factor, rate, tf.zerosLike(decay), correction]) as tf.Tensor1D,
  };
}
