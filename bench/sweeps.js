// What a sweep costs beside its training: a finished sweep of 1,000 cells run again, the plan of 10,000 cells, and how
// long workers wait for the scheduler. node bench/sweeps.js: after `npm run build`. Stand-ins for workers train nothing.
import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { TARGET_ONLY } from '../dist/growth/schedule.js';
import { runSweep } from '../dist/run/executor.js';
import { planState } from '../dist/run/plan-state.js';
import { planSweep } from '../dist/run/plan.js';
import { writeRecord } from '../dist/run/store.js';

/* global AbortController */
const settings = {
  model: {
    ...{ layers: 2, hidden: 8, heads: 2, ffn: 16, positions: 16, norm: 'post', dropout: 0 },
    init: { std: 0.02, positions: 'random' },
  },
  data: { corpus: ['wordnet'], vocab: 500, length: 16, mask: 0.25 },
  train: { steps: 10, batch: 2, rate: 1e-3, warmup: 1, decay: 0.01, clip: 1, precision: 'fp32', evaluate: 5 },
  growth: { optimizer: 'reset', rate: 'restart' },
  finetune: { tasks: [], examples: 10, epochs: 1, batch: 2, rate: 1e-3, length: 16, warmup: 0.1 },
  schedule: TARGET_ONLY,
};

const planOf = (cells) =>
  planSweep({
    ...{
      name: 'bench',
      question: '',
      seeds: Array.from({ length: cells / 10 }, (_, seed) => seed),
      vary: ['train.rate'],
    },
    ...{ engine: { name: 'wasm', xla: 'off' }, contents: {} },
    arms: Array.from({ length: 10 }, (_, arm) => ({
      ...{ name: `arm ${arm}`, point: {}, group: arm === 0 ? 'baseline' : 'other' },
      settings: { ...settings, train: { ...settings.train, rate: (arm + 1) / 1000 } },
    })),
  });

/** A record with a curve as long as those of real runs. */
const recordOf = (cell) => ({
  ...{ format: 1, cell, error: null, machine: { cpu: 'x', cores: 1, node: 'v20', platform: 'linux x64' } },
  ...{ engine: null, started: '2026-01-01T00:00:00.000Z', finished: '2026-01-01T00:01:00.000Z' },
  result: {
    ...{
      status: 'done',
      loss: 5,
      steps: 10,
      flops: 1e6,
      stages: [],
      growths: [],
      width: null,
      tasks: {},
      warnings: [],
    },
    seconds: { train: 1, compile: 1, evaluate: 1, finetune: 1 },
    curve: Array.from({ length: 50 }, (_, step) => ({ step, flops: step * 1e5, seconds: step, loss: 5 })),
    corpus: { digest: 'abc', trainTokens: 9, validationTokens: 1 },
  },
});

const options = (folder, jobs, launch, onEvent) => ({
  ...{ folder, jobs, launch, onEvent, signal: new AbortController().signal },
  context: { cache: folder, models: null, predictions: null, nodes: join(folder, '.nodes'), checkpointEvery: 600 },
});

async function inFolder(measure) {
  const folder = await mkdtemp(join(tmpdir(), 'growbench-bench-'));
  try {
    return await measure(folder);
  } finally {
    await rm(folder, { recursive: true, maxRetries: 5 });
  }
}

async function finishedSweep(folder) {
  const plan = planOf(1000);
  for (const cell of plan.cells) await writeRecord(folder, recordOf(cell));
  const began = performance.now();
  let started = 0;
  const refuse = () => {
    throw new Error('nothing was to run');
  };
  await runSweep(
    plan,
    options(folder, 4, refuse, ({ type }) => (started += type === 'node-started' ? 1 : 0)),
  );
  return { seconds: (performance.now() - began) / 1000, started };
}

async function bigPlan(folder) {
  const began = performance.now();
  const { cells } = await planState(planOf(10_000), folder, join(folder, '.nodes'));
  return { seconds: (performance.now() - began) / 1000, cells: cells.size };
}

/** What a worker reports of a stage. */
const STAGE = {
  ...{ kind: 'stage', status: 'done', growth: null, loss: 5, width: null, end: { steps: 10, updates: 10, limit: 9 } },
  stage: { shape: {}, steps: 10, flops: 1e6, seconds: 1 },
  ...{ seconds: { train: 1, compile: 1, evaluate: 1 }, curve: recordOf(null).result.curve },
  corpus: recordOf(null).result.corpus,
};

const CELL_MS = 50;
const WORKERS = 4;

/** A worker whose cells last CELL_MS by a timer, and take no processor time: what is more is the scheduler's. */
const SLEEPER = `process.on('message', (request) => {
  if (request.type === 'run') setTimeout(() => process.send({ type: 'done', result: ${JSON.stringify(STAGE)} }), ${CELL_MS});
});
process.on('disconnect', () => process.exit());`;

/** Time from the first start to the last end against that of the cells alone; starting processes comes before it. */
async function overhead(folder) {
  const plan = planOf(200);
  const times = [];
  const launch = () => fork('-e', [SLEEPER], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] });
  const busy = process.cpuUsage();
  await runSweep(
    plan,
    options(folder, WORKERS, launch, ({ type }) => {
      if (type === 'cell-finished') times.push(performance.now());
    }),
  );
  const used = process.cpuUsage(busy);
  // From the end of every worker's first cell on: what comes before is the start of a process, which an engine's dwarfs.
  const ideal = ((plan.cells.length - WORKERS) / WORKERS) * CELL_MS;
  const took = times.at(-1) - times[WORKERS - 1];
  const processor = (used.user + used.system) / 1000 / plan.cells.length;
  return { overhead: took / ideal - 1, processor };
}

/** The same cells handed to the same workers by nothing but messages: what the machine itself adds to their time. */
async function machineAlone() {
  const each = 200 / WORKERS;
  const one = () =>
    new Promise((resolve) => {
      const child = fork('-e', [SLEEPER], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] });
      let left = each;
      let first = 0;
      child.on('message', () => {
        if (left === each) first = performance.now();
        left -= 1;
        if (left > 0) child.send({ type: 'run' });
        else {
          child.disconnect();
          resolve((performance.now() - first) / (each - 1));
        }
      });
      child.send({ type: 'run' });
    });
  const times = await Promise.all(Array.from({ length: WORKERS }, one));
  return times.reduce((sum, time) => sum + time, 0) / WORKERS / CELL_MS - 1;
}

const load = loadavg()[0].toFixed(1);
const finished = await inFolder(finishedSweep);
console.log(
  `finished sweep of 1,000 cells again: ${finished.seconds.toFixed(2)} s, ${finished.started} cells run (goal 1 s)`,
);
const big = await inFolder(bigPlan);
console.log(
  `plan of ${big.cells} cells: ${big.seconds.toFixed(2)} s, ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB at most (goal 2 s, 300 MB)`,
);
const waits = [];
const alone = [];
for (let round = 0; round < 3; round += 1) {
  alone.push(await machineAlone());
  waits.push(await inFolder(overhead));
}
const best = waits.sort((a, b) => a.overhead - b.overhead);
console.log(
  `${WORKERS} workers, 200 cells of ${CELL_MS} ms: overhead ${best.map((own) => `${(100 * own.overhead).toFixed(1)} %`).join(', ')} ` +
    `(goal 5 %); without a scheduler ${alone.map((own) => `${(100 * own).toFixed(1)} %`).join(', ')}; ${best[0].processor.toFixed(2)} ms of processor time a cell; load average ${load}`,
);
