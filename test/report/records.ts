import type { Plan } from '../../src/run/plan.ts';
import { planSweep } from '../../src/run/plan.ts';
import type { CellRecord, CellResult } from '../../src/run/record.ts';
import type { Cell, Settings } from '../../src/run/spec.ts';
import { tinySettings } from '../run/cells.ts';

/** Two arms, full and stack (one layer for 60 % of ten steps), two seeds, two tasks. */
export const settings: Settings = {
  ...tinySettings,
  finetune: { ...tinySettings.finetune, tasks: ['topic', 'span'] },
};
const stacked: Settings = {
  ...settings,
  schedule: [
    { share: 0.6, reductions: { depth: { operator: 'stack', settings: { layers: 1 } } } },
    { share: 0.4, reductions: {} },
  ],
};
export const plan: Plan = planSweep({
  name: 'depth',
  question: 'Does stacking cost loss?',
  seeds: [0, 1],
  vary: ['schedule'],
  engine: 'wasm',
  contents: {},
  arms: [
    { name: 'full', group: 'baseline', settings },
    { name: 'stack', group: 'depth', settings: stacked },
  ],
});
export const metrics = new Map([
  ['topic', ['accuracy', 'macro_f1']],
  ['span', ['exact_match']],
]);

/** By the formula of growth/flops.ts, worked out by hand: 60 sequences through two layers and the head, or fewer. */
export const FULL_FLOPS = 4_899_840;
export const STACK_FLOPS = 4_015_104;

export const cellOf = (arm: string, seed: number): Cell =>
  plan.cells.find((cell) => cell.arm === arm && cell.seed === seed)!;

/** A record of a finished cell; `change` overwrites what its result says. */
export function recordOf(cell: Cell, change: Partial<CellResult>, others: Partial<CellRecord> = {}): CellRecord {
  const result: CellResult = {
    status: 'done',
    loss: 5,
    steps: 10,
    flops: cell.arm === 'full' ? FULL_FLOPS : STACK_FLOPS,
    seconds: { train: 10, compile: 1, evaluate: 2, finetune: 3 },
    stages: [],
    growths: [],
    curve: [],
    width: { ffn: 15, hidden: 8 },
    tasks: {},
    corpus: { digest: 'abc', trainTokens: 1000, validationTokens: 100 },
    warnings: [],
    ...change,
  };
  return {
    format: 1,
    cell,
    result,
    error: null,
    engine: { name: 'wasm', device: 'cpu, 1 thread', versions: { tfjs: '4.22.0' } },
    machine: { cpu: 'Test CPU', cores: 2, node: 'v20.0.0', platform: 'linux x64' },
    started: '2026-01-01T00:00:00.000Z',
    finished: '2026-01-01T00:01:00.000Z',
    ...others,
  };
}

export const failure = (cell: Cell, error: string): CellRecord =>
  recordOf(cell, {}, { result: null, error, engine: null });

export const seconds = (train: number): CellResult['seconds'] => ({ train, compile: 1, evaluate: 2, finetune: 3 });

export const scores = (topic: number, span: number): CellResult['tasks'] => ({
  topic: { version: 1, metrics: { macro_f1: 0.5, accuracy: topic }, seconds: 1 },
  span: { version: 1, metrics: { exact_match: span }, seconds: 1 },
});

const width = { before: { ffn: 8, hidden: 8 }, after: { ffn: 8, hidden: 8 } };

/** Four finished cells whose statistics were worked out with Python's `statistics`. */
export const records: readonly CellRecord[] = [
  recordOf(cellOf('full', 0), { loss: 5.5, seconds: seconds(10), tasks: scores(0.61, 0.1) }),
  recordOf(cellOf('stack', 0), {
    loss: 5.6125,
    seconds: seconds(8),
    tasks: scores(0.6, 0.15),
    growths: [{ afterStage: 0, step: 6, before: 6, after: 6.25, width }],
    width: { ffn: 12.5, hidden: 6 },
  }),
  recordOf(cellOf('full', 1), { loss: 5.7, seconds: seconds(12), tasks: scores(0.65, 0.2) }),
  recordOf(cellOf('stack', 1), {
    loss: 5.3375,
    seconds: seconds(8.5),
    tasks: scores(0.62, 0.25),
    growths: [{ afterStage: 0, step: 6, before: 5.9, after: 6, width }],
  }),
];
