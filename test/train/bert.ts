import type { Feeds, HostTensors, StepFunction } from '../../src/engine/engine.ts';
import { UNREDUCED, layout, type ModelShape } from '../../src/growth/layout.ts';
import { freshMoments, trainedAs } from '../../src/train/adamw.ts';
import { initialState } from '../../src/train/init.ts';
import { visibleRows } from '../../src/train/masked-batch.ts';
import { maskedLmLoss } from '../../src/train/masked-lm.ts';
import { stepFeeds, trainingStep } from '../../src/train/training-step.ts';

/** A BERT with every part that a large one has, small enough to train in milliseconds. */
export const SMALL: ModelShape = {
  ...{ layers: 2, hidden: 16, heads: 2, ffn: 32, vocab: 50, positions: 8, norm: 'post', length: 8, ...UNREDUCED },
};
const [BATCH, MASKED] = [4, 2];

/** Weights and moments of 0. */
export function bertState(seed = 1, shape = SMALL): HostTensors {
  const parameters = initialState(shape, { std: 0.2, positions: 'random' }, seed);
  return new Map([...parameters, ...freshMoments(parameters)]);
}

/** A training step, dropout included. */
export function bertStep(dropout: number, shape = SMALL): StepFunction {
  const { length } = shape;
  return trainingStep({
    trained: layout(shape).map(({ name, kind }) => trainedAs(name, kind)),
    feeds: {
      ids: { dtype: 'int32', shape: [BATCH * length] },
      masked: { dtype: 'int32', shape: [BATCH * MASKED] },
      visible: { dtype: 'int32', shape: [BATCH * (length - MASKED)] },
      labels: { dtype: 'int32', shape: [BATCH * MASKED] },
    },
    loss: (parameters, fed, drop) => {
      const masking = { masked: fed.masked as never, visible: fed.visible as never };
      const input = { batch: BATCH, length, ids: fed.ids as never, segments: null, mask: null, masking };
      return maskedLmLoss(parameters, shape, input, fed.labels as never, drop);
    },
    dropout,
    clip: 1,
  });
}

/** Batch `step` of a corpus of noise in which a label is told by its place: there is something to learn. */
export function bertFeeds(step: number, rate = 1e-3, { length, vocab } = SMALL): Feeds {
  const token = (index: number) => (Math.imul(index + 1, 2654435761) >>> 8) % vocab;
  const each = Math.floor(length / MASKED);
  const place = (index: number) => length * Math.floor(index / MASKED) + each * (index % MASKED) + (step % each);
  const masked = Int32Array.from({ length: BATCH * MASKED }, (_, i) => place(i));
  return {
    ids: Int32Array.from({ length: BATCH * length }, (_, i) => token(step * 1000 + i)),
    masked,
    visible: visibleRows(masked, BATCH * length),
    labels: Int32Array.from({ length: BATCH * MASKED }, (_, i) => (7 * i) % vocab),
    ...stepFeeds({ rate, decay: 0.01, update: step + 1, seed: 5, step }),
  };
}
