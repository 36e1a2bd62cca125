// What a growth costs: reading the small model, carrying out the recipe, recording and loading the grown one.
// node bench/growth.js [--size LAYERS,HIDDEN,HEADS,FFN,LENGTH,BATCH,VOCAB] [--from LAYERS] [--optimizer carry|reset]
//                      [--repeats N] [--threads N]
// node --expose-gc bench/growth.js --leak [--cycles N] [--xla]     resident memory after each of N growths
// After `npm run build` and `growbench engine install`. The default is BERT base, 110 million parameters, stacked from
// 6 layers. Times are in milliseconds, by wall clock and by processor time.
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { growthAfter } from '../dist/growth/schedule.js';
import { freshParameter } from '../dist/train/init.js';
import { grownState } from '../dist/train/moments.js';
import { freshState, openEngine, parseSize, randomFeeds, trainStep } from './model.js';

const { values: options } = parseArgs({
  options: {
    size: { type: 'string' },
    from: { type: 'string' },
    optimizer: { type: 'string', default: 'carry' },
    repeats: { type: 'string', default: '3' },
    threads: { type: 'string', default: String(availableParallelism()) },
    leak: { type: 'boolean', default: false },
    cycles: { type: 'string', default: '20' },
    xla: { type: 'boolean', default: false },
  },
});

const size = parseSize(options.size ?? (options.leak ? '4,256,4,1024,128,8,8000' : '12,768,12,3072,128,2,30522'));
const layers = Number(options.from ?? size.shape.layers / 2);
const small = { ...size, shape: { ...size.shape, layers } };
const schedule = [
  { share: 0.5, reductions: { depth: { operator: 'stack', settings: { layers } } } },
  { share: 0.5, reductions: {} },
];
const recipe = growthAfter(size.shape, schedule, 0);
const fresh = freshParameter({ std: 0.02, positions: 'random' }, 1);
const compile = openEngine({ threads: Number(options.threads), xla: options.xla });

if (options.leak) await watchMemory();
else await timeGrowths();

async function timeGrowths() {
  const start = freshState(small);
  for (let repeat = 0; repeat < Number(options.repeats); repeat++) {
    const before = await compile({ train: trainStep(small, 0.1) }, start);
    const read = await clocked(() => before.read());
    before.dispose();
    const grown = await clocked(() => grownState(recipe, small.shape, read.value, options.optimizer, fresh));
    const loaded = await clocked(() => compile({ train: trainStep(size, 0.1) }, grown.value));
    const parts = { read, recipe: grown, load: loaded };
    const total = (clock) => Object.values(parts).reduce((sum, part) => sum + part[clock], 0);
    const named = Object.entries(parts).map(([name, { wall, cpu }]) => `${name} ${ms(wall)} (${ms(cpu)})`);
    console.log(`growth ${repeat + 1}: ${named.join('  ')}  all ${ms(total('wall'))} (${ms(total('cpu'))}) ms`);
    loaded.value.dispose();
  }
}

async function clocked(work) {
  const begin = [performance.now(), process.cpuUsage()];
  const value = await work();
  const { user, system } = process.cpuUsage(begin[1]);
  return { value, wall: performance.now() - begin[0], cpu: (user + system) / 1000 };
}

function ms(time) {
  return time.toFixed(0);
}

/** From the small model to the large one and, as a new run would, to a new small one: a step of each. */
async function watchMemory() {
  const start = freshState(small);
  const resident = [];
  for (let cycle = 0; cycle < Number(options.cycles); cycle++) {
    const grown = await oneStep(small, start);
    const state = grownState(recipe, small.shape, grown, 'carry', fresh);
    await oneStep(size, state);
    globalThis.gc?.();
    resident.push(Number(/VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024);
    console.log(`growth ${cycle + 1}: ${resident.at(-1).toFixed(0)} MB`);
  }
  const half = Math.floor(resident.length / 2);
  const last = resident.at(-1);
  console.log(`the last ${resident.length - half} growths added ${(last - resident[half - 1]).toFixed(1)} MB in all`);
}

async function oneStep(model, state) {
  const program = await compile({ train: trainStep(model, 0.1) }, state);
  for (let step = 0; step < 2; step++) await program.run('train', randomFeeds(model, step));
  const read = await program.read();
  program.dispose();
  return read;
}
