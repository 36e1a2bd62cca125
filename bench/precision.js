// Whether bfloat16 costs quality: the loss after so many steps, in single precision and in bfloat16.
// node bench/precision.js [--size LAYERS,HIDDEN,HEADS,FFN,LENGTH,BATCH,VOCAB] [--steps 300] [--rate 1e-3] [--threads N]
// After `npm run build` and `growbench engine install`. Both train on the same batches, of a language in which every
// word is followed by one of four others; the loss is that of held-out batches, without dropout. Each precision has a
// process of its own.
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { evaluation, freshState, openEngine, optimizerFeeds, parseSize, trainStep } from './model.js';

const { values: options } = parseArgs({
  options: {
    size: { type: 'string', default: '2,128,2,512,64,16,1000' },
    steps: { type: 'string', default: '300' },
    rate: { type: 'string', default: '1e-3' },
    threads: { type: 'string', default: String(availableParallelism()) },
    serve: { type: 'string' },
  },
});

const MASK = 0;
const HELD_OUT = 20;

if (options.serve === undefined) compare();
else console.log(JSON.stringify(await train(options.serve)));

function compare() {
  const losses = (precision) => {
    const parameters = [fileURLToPath(import.meta.url), ...process.argv.slice(2), '--serve', precision];
    return JSON.parse(execFileSync(process.execPath, parameters, { stdio: ['ignore', 'pipe', 'ignore'] }));
  };
  const [fp32, bf16] = [losses('fp32'), losses('bf16')];
  const percent = (100 * (bf16.last / fp32.last - 1)).toFixed(2);
  const told = ({ first, last }) => `${first.toFixed(4)} -> ${last.toFixed(4)}`;
  console.log(`held-out loss over ${options.steps} steps: fp32 ${told(fp32)}, bf16 ${told(bf16)}: ${percent} %`);
}

async function train(precision) {
  const size = parseSize(options.size);
  const compile = openEngine({ threads: Number(options.threads), precision });
  const program = await compile({ train: trainStep(size, 0.1), evaluate: evaluation(size) }, freshState(size));
  const steps = Number(options.steps);
  const measure = async () => {
    let sum = 0;
    for (let i = 0; i < HELD_OUT; i++) sum += await lossOf(program, 'evaluate', batchOf(size, 1e6 + i));
    return sum / HELD_OUT;
  };
  const first = await measure();
  for (let step = 0; step < steps; step++) {
    const rate = Number(options.rate) * Math.min(1, (step + 1) / 30, (steps - step) / (steps * 0.7));
    await lossOf(program, 'train', { ...batchOf(size, step), ...optimizerFeeds(rate, step) });
  }
  return { first, last: await measure() };
}

async function lossOf(program, name, feeds) {
  return (await program.run(name, feeds)).get('loss')[0];
}

/** Batch number `index`: a function of it alone. */
function batchOf({ shape: { length, vocab }, batch, masked }, index) {
  const draw = draws(index + 1);
  const ids = new Int32Array(batch * length);
  const [places, labels] = [new Int32Array(batch * masked), new Int32Array(batch * masked)];
  for (let row = 0; row < batch; row++) {
    let word = 1 + Math.floor(draw() * (vocab - 1));
    for (let at = 0; at < length; at++) {
      ids[row * length + at] = word;
      word = follower(word, draw(), vocab);
    }
    // One place in each stretch of the sequence, so that none is drawn twice.
    for (let i = 0; i < masked; i++) {
      const place = row * length + Math.floor(((i + draw()) * length) / masked);
      places[row * masked + i] = place;
      labels[row * masked + i] = ids[place];
      ids[place] = MASK;
    }
  }
  return { ids, masked: places, labels };
}

/** One of a word's four followers, the first the likeliest. */
function follower(word, chance, vocab) {
  const which = [0.55, 0.8, 0.95, 1].findIndex((limit) => chance < limit);
  return 1 + ((word * 31 + which * 17 + 7) % (vocab - 1));
}

/** Numbers uniform in [0, 1), the same for the same seed. */
function draws(seed) {
  let x = Math.imul(seed, 0x9e3779b1) | 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) / 2 ** 32;
  };
}
