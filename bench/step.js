// A training step with dropout 0.1 on the TensorFlow engine against PyTorch's, as ratios of their times.
// node bench/step.js [--python PYTHON] [--sizes 2L,4L,8L] [--precision fp32|bf16] [--threads N] [--rounds N] [--steps N]
//                    [--compile] [--xla]
// After `npm run build`, `growbench engine install` and `node bench/install-pytorch.js` (or --python, a Python that has
// torch). The better of PyTorch eager and torch.compile is the reference. Every contender is a process of its own; they take turns, a few
// steps each, so that whatever else the machine does hits all alike. A ratio is that of two medians of one round; shown
// are the median of the rounds' ratios, by wall clock and by processor time (which other processes disturb less).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { installedPython } from './install-pytorch.js';

const SIZES = {
  '2L': '2,128,2,512,64,16,4000',
  '4L': '4,256,4,1024,128,8,8000',
  '8L': '8,512,8,2048,128,8,30522',
};

const { values: options } = parseArgs({
  options: {
    python: { type: 'string' },
    sizes: { type: 'string', default: '2L,4L,8L' },
    precision: { type: 'string', default: 'fp32' },
    threads: { type: 'string', default: String(availableParallelism()) },
    rounds: { type: 'string', default: '7' },
    steps: { type: 'string', default: '5' },
    compile: { type: 'boolean', default: false },
    xla: { type: 'boolean', default: false },
    serve: { type: 'string' },
  },
});

if (options.serve === undefined) await compare();
else await serve(options.serve);

async function compare() {
  const python = options.python ?? installedPython();
  const { precision, threads } = options;
  const torch = new URL('pytorch.py', import.meta.url).pathname;
  const own = new URL(import.meta.url).pathname;
  for (const name of options.sizes.split(',')) {
    const size = SIZES[name];
    const tensorflow = (...more) => [
      process.execPath,
      [own, '--serve', size, '--precision', precision, '--threads', threads, ...more],
    ];
    const pytorch = (mode) => [python, [torch, size, precision, mode, threads]];
    const contenders = {
      'PyTorch eager': contender(...pytorch('eager')),
      ...(options.compile ? { 'torch.compile': contender(...pytorch('compile')) } : {}),
      tensorflow: contender(...tensorflow()),
      ...(options.xla ? { 'tensorflow, XLA': contender(...tensorflow('--xla')) } : {}),
    };
    await report(name, contenders);
    for (const { end } of Object.values(contenders)) end();
  }
}

async function report(size, contenders) {
  const rounds = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
  for (const { run } of Object.values(contenders)) await run(3);
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [name, { run }] of Object.entries(contenders)) rounds[name].push(await run(Number(options.steps)));
  }
  const time = (name) => median(rounds[name].flatMap(({ cpu }) => cpu));
  const references = Object.keys(rounds).filter((name) => !name.startsWith('tensorflow'));
  const reference = rounds[references.reduce((best, name) => (time(name) < time(best) ? name : best))];
  for (const [name, results] of Object.entries(rounds)) {
    const ratio = (clock) => median(results.map((result, i) => median(result[clock]) / median(reference[i][clock])));
    const ms = median(results.flatMap(({ wall }) => wall)).toFixed(1);
    const memory = (results.at(-1).peak / reference.at(-1).peak).toFixed(2);
    const figures = `wall ${ratio('wall').toFixed(2)}  processor ${ratio('cpu').toFixed(2)}  peak memory ${memory}`;
    const [{ start }] = results;
    const share = median(results.map((result) => result.share * 100)).toFixed(0);
    const own = start === undefined ? '' : `  matmul peak ${share} %  recorded and loaded in ${start.toFixed(0)} ms`;
    console.log(`${size} ${options.precision} ${name.padEnd(16)} ${ms.padStart(8)} ms  ${figures}${own}`);
  }
}

function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

/** A process that runs as many steps as it is told on a line, and answers with their times. */
function contender(command, parameters) {
  const child = spawn(command, parameters, { stdio: ['pipe', 'pipe', 'ignore'] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const run = async (steps) => {
    child.stdin.write(`${steps}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error(`${command} ${parameters.join(' ')} ended early`);
    return JSON.parse(value);
  };
  return { run, end: () => child.stdin.end() };
}

async function serve(size) {
  const { run, start, flops, rate } = await program(size);
  let step = 0;
  const input = createInterface(process.stdin);
  input.on('line', async (line) => {
    const [wall, cpu] = [[], []];
    for (let i = 0; i < Number(line); i++) {
      const begin = [performance.now(), process.cpuUsage()];
      await run(step++);
      const { user, system } = process.cpuUsage(begin[1]);
      wall.push(performance.now() - begin[0]);
      cpu.push((user + system) / 1000);
    }
    const peak = peakMegabytes();
    // The share of what matrix products reach by themselves, measured in the same round.
    const share = flops / ((median(cpu) / 1000) * (await rate()));
    process.stdout.write(`${JSON.stringify({ wall, cpu, start, peak, share })}\n`);
  });
  await once(input, 'close');
}

function peakMegabytes() {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
}

/** The engine's own training step, as pre-training uses it, on random tokens. */
async function program(text) {
  const { freshState, matmulRate, openEngine, parseSize, randomFeeds, trainStep } = await import('./model.js');
  const { stageFlops } = await import('../dist/growth/flops.js');
  const size = parseSize(text);
  const { precision, threads, xla } = options;
  const compile = openEngine({ precision, threads: Number(threads), xla });
  const state = freshState(size);
  const begin = performance.now();
  const compiled = await compile({ train: trainStep(size, 0.1) }, state);
  const start = performance.now() - begin;
  const run = (step) => compiled.run('train', randomFeeds(size, step));
  return { run, start, flops: stageFlops(size.shape, size.masked, size.batch, 1), rate: () => matmulRate(compile) };
}
