import type { Feeds, HostTensors, StepFunction } from '../../../src/engine/engine.ts';
import { UNREDUCED, layout, type ModelShape } from '../../../src/growth/layout.ts';
import { freshMoments, trainedAs } from '../../../src/train/adamw.ts';
import { initialState } from '../../../src/train/init.ts';
import { maskedLmLoss } from '../../../src/train/masked-lm.ts';
import { stepFeeds, trainingStep } from '../../../src/train/training-step.ts';

/** A BERT with every part that a large one has, small enough to train in milliseconds. */
const SHAPE: ModelShape = {
  ...{ layers: 2, hidden: 16, heads: 2, ffn: 32, vocab: 50, positions: 8, norm: 'post', length: 8, ...UNREDUCED },
};
const [BATCH, MASKED] = [4, 2];

/** Weights and moments of 0. */
export function bertState(seed = 1): HostTensors {
  const parameters = initialState(SHAPE, { std: 0.2, positions: 'random' }, seed);
  return new Map([...parameters, ...freshMoments(parameters)]);
}

/** A training step, dropout included. */
export function bertStep(dropout: number): StepFunction {
  const { batch, length } = { batch: BATCH, length: SHAPE.length };
  return trainingStep({
    trained: layout(SHAPE).map(({ name, kind }) => trainedAs(name, kind)),
    feeds: {
      ids: { dtype: 'int32', shape: [batch * length] },
      masked: { dtype: 'int32', shape: [batch * MASKED] },
      labels: { dtype: 'int32', shape: [batch * MASKED] },
    },
    loss: (parameters, fed, drop) => {
      const masking = { masked: fed.masked as never, visible: fed.masked as never };
      const input = { batch, length, ids: fed.ids as never, segments: null, mask: null, masking };
      return maskedLmLoss(parameters, SHAPE, input, fed.labels as never, drop);
    },
    dropout,
    clip: 1,
  });
}

/** Batch `step` of a corpus of noise in which a label is told by its place: there is something to learn. */
export function bertFeeds(step: number, rate = 1e-3): Feeds {
  const token = (index: number) => (Math.imul(index + 1, 2654435761) >>> 8) % SHAPE.vocab;
  const each = SHAPE.length / MASKED;
  return {
    ids: Int32Array.from({ length: BATCH * SHAPE.length }, (_, i) => token(step * 1000 + i)),
    masked: Int32Array.from({ length: BATCH * MASKED }, (_, i) => i * each + (step % each)),
    labels: Int32Array.from({ length: BATCH * MASKED }, (_, i) => (7 * i) % SHAPE.vocab),
    ...stepFeeds({ rate, decay: 0.01, update: step + 1, seed: 5, step }),
  };
}
