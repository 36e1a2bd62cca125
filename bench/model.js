// What the benches share: the engine's own training step, as pre-training uses it, on random tokens.
import { layout } from '../dist/growth/layout.js';
import { freshMoments, trainedAs } from '../dist/train/adamw.js';
import { initialState } from '../dist/train/init.js';
import { maskedLmLoss } from '../dist/train/masked-lm.js';
import { stepFeeds, trainingStep } from '../dist/train/training-step.js';

/** A model of `LAYERS,HIDDEN,HEADS,FFN,LENGTH,BATCH,VOCAB`, and its batch. */
export function parseSize(text) {
  const [layers, hidden, heads, ffn, length, batch, vocab] = text.split(',').map(Number);
  const shape = { ...{ layers, hidden, heads, ffn, length, vocab }, positions: length, norm: 'post', pool: null };
  return { shape, batch, masked: Math.floor(length * 0.15) };
}

/** Parameters of std 0.02 and moments of 0. */
export function freshState({ shape }) {
  const parameters = initialState(shape, { std: 0.02, positions: 'random' }, 1);
  return new Map([...parameters, ...freshMoments(parameters)]);
}

/** A masked-LM step with AdamW, gradients clipped to norm 1. */
export function trainStep({ shape, batch, masked: each }, dropout) {
  const { length } = shape;
  const ints = (count) => ({ dtype: 'int32', shape: [count] });
  return trainingStep({
    trained: layout(shape).map(({ name, kind }) => trainedAs(name, kind)),
    feeds: { ids: ints(batch * length), masked: ints(batch * each), labels: ints(batch * each) },
    loss: (state, { ids, masked, labels }, drop) => {
      // What is visible counts under pooling only.
      const masking = { masked, visible: masked };
      return maskedLmLoss(state, shape, { batch, length, ids, segments: null, mask: null, masking }, labels, drop);
    },
    dropout,
    clip: 1,
  });
}

/** What step number `step` is fed, its tokens drawn at random. */
export function randomFeeds({ shape, batch, masked: each }, step) {
  const random = (count, below) => Int32Array.from({ length: count }, () => Math.floor(Math.random() * below));
  const places = random(batch * each, shape.length);
  return {
    ids: random(batch * shape.length, shape.vocab),
    masked: places.map((position, i) => Math.floor(i / each) * shape.length + position),
    labels: random(batch * each, shape.vocab),
    ...stepFeeds({ rate: 1e-4, decay: 0.01, update: step + 1, seed: 1, step }),
  };
}
