import { planStages } from '../../src/run/plan.ts';
import type { CellResult, Trainer } from '../../src/run/record.ts';
import type { Cell } from '../../src/run/spec.ts';

/** The result of a cell as the plan foresees it, with a loss and scores that depend on the seed alone. */
export function plannedResult(cell: Cell): CellResult {
  const stages = planStages(cell.settings).map(({ shape, steps, flops }) => ({ shape, steps, flops, seconds: 1 }));
  const metrics = { accuracy: 0.5 + cell.seed / 10, macro_f1: 0.4 };
  const tasks = cell.settings.finetune.tasks.map((task) => [task, { version: 1, metrics, seconds: 1 }]);
  const width = { ffn: 8, hidden: 8 };
  return {
    status: 'done',
    loss: 5 + cell.seed,
    steps: cell.settings.train.steps,
    flops: stages.reduce((sum, stage) => sum + stage.flops, 0),
    seconds: { train: stages.length, compile: 0.5, evaluate: 0.25, finetune: 2 },
    stages,
    growths: stages.slice(1).map((_, afterStage) => ({
      ...{ afterStage, step: 7, before: 6 + cell.seed, after: 6.5 },
      width: { before: width, after: width },
    })),
    curve: [],
    width,
    tasks: Object.fromEntries(tasks) as CellResult['tasks'],
    corpus: { digest: 'abc', trainTokens: 1000, validationTokens: 100 },
    warnings: [],
  };
}

/** Tells what a real trainer tells, in its order, without training. */
export const swift: Trainer = {
  run(cell, _context, onEvent) {
    const { steps } = cell.settings.train;
    const result = plannedResult(cell);
    onEvent({
      type: 'engine',
      name: 'wasm',
      device: 'cpu, 1 thread',
      versions: { tfjs: '4' },
      why: 'it is the only one',
    });
    onEvent({ type: 'prepare', what: 'tokenizing wordnet', done: 1, of: 4 });
    for (const [stage, { shape }] of result.stages.entries()) {
      onEvent({ type: 'stage', stage, of: result.stages.length, shape });
      onEvent({ type: 'step', step: steps, of: steps, loss: 6 });
      const growth = result.growths[stage];
      if (growth !== undefined) onEvent({ type: 'grow', growth });
    }
    for (const [task, { metrics }] of Object.entries(result.tasks)) onEvent({ type: 'score', task, metrics });
    return Promise.resolve(result);
  },
};

/** Fails, as training does that hits a bug, in cells of this arm. */
export const failingIn = (arm: string): Trainer => ({
  run: (cell, ...rest) =>
    cell.arm === arm ? Promise.reject(new Error('the loss is not a number')) : swift.run(cell, ...rest),
});

/** Finishes its first cell and trains the second until it is stopped. */
export function stuckAfterFirst(onStuck: () => void): Trainer {
  let cells = 0;
  return {
    run(cell, context, onEvent, signal) {
      cells += 1;
      if (cells === 1) return swift.run(cell, context, onEvent, signal);
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
        onStuck();
      });
    },
  };
}
