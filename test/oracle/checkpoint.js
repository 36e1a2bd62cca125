// What growbench computes with a checkpoint, for test/oracle/checkpoint.py to compare: reads a batch and texts as JSON
// from stdin, prints logits (hidden states where there is no head) of all tokens that are no padding, those of the
// next-sentence head where there is one, and the texts' ids.
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { readCheckpoint } from '../../dist/checkpoint/read.js';
import { openEngine } from '../../dist/engine/choose.js';
import { wordPieceTokenizer } from '../../dist/text/tokenizer.js';
import { encode } from '../../dist/train/encoder.js';
import { maskedLmLogits } from '../../dist/train/masked-lm.js';
import { nextSentenceLogits } from '../../dist/train/next-sentence.js';
import { toTensors } from '../../dist/train/parameters.js';

const { batch, texts } = JSON.parse(readFileSync(0, 'utf8'));
const { shape, parameters, missing, vocabulary } = await readCheckpoint(process.argv[2]);
await openEngine('wasm');

const tokens = (values) => tf.tensor1d(Int32Array.from(values), 'int32');
const { input_ids: ids, token_type_ids: segments, attention_mask: mask } = batch;
const real = mask.flat().flatMap((one, row) => (one === 1 ? [row] : []));
const input = {
  ...{ batch: ids.length, length: ids[0].length },
  ...{ ids: tokens(ids.flat()), segments: tokens(segments.flat()), mask: tokens(mask.flat()) },
  masking: { masked: tokens(real), visible: tokens([]) },
};
const outputs = tf.tidy(() => {
  const state = toTensors(parameters);
  if (missing.length === 0) return maskedLmLogits(state, shape, input, null).arraySync();
  return tf.gather(encode(state, shape, input, null).rows, input.masking.masked).arraySync();
});
const nextSentence = tf.tidy(() => {
  if (shape.nextSentence !== true) return null;
  const state = toTensors(parameters);
  return nextSentenceLogits(state, shape, encode(state, shape, input, null)).arraySync();
});
const tokenizer = wordPieceTokenizer(vocabulary.entries, vocabulary.lowercase);
const found = (await tokenizer.ids(texts)).map((text) => [...text]);
process.stdout.write(JSON.stringify({ outputs, nextSentence, ids: found }));
