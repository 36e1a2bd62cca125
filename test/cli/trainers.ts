import { planStages } from '../../src/run/plan.ts';
import type { NodeResult, NodeWork } from '../../src/run/node.ts';
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

/** What a node of a cell yields, so that the cell's result is the one given. */
export function plannedNode({ node, cell }: NodeWork, whole = plannedResult(cell)): NodeResult {
  switch (node.kind) {
    case 'stage': {
      const { stages, growths, seconds, corpus, width, loss, status } = whole;
      const isLast = node.index === stages.length - 1;
      const steps = stages.slice(0, node.index + 1).reduce((sum, own) => sum + own.steps, 0);
      return {
        ...{ kind: 'stage', status: isLast ? status : 'done', stage: stages[node.index]!, corpus, width, curve: [] },
        growth: growths[node.index - 1] ?? null,
        // The first stage has all of the cell's time: it makes no difference to the sum.
        seconds: node.index === 0 ? seconds : { train: 0, compile: 0, evaluate: 0 },
        loss: isLast ? loss : 6 + cell.seed,
        end: { steps, updates: steps, limit: null },
      };
    }
    case 'evaluation':
      return { kind: 'evaluation', loss: whole.loss!, seconds: 0 };
    case 'finetuning':
      return { kind: 'finetuning', record: whole.tasks[node.task]!, warnings: [], seconds: whole.seconds.finetune };
    case 'saving':
      return { kind: 'saving' };
  }
}

/** Tells what a real trainer tells, in its order, without training. */
export const swift: Trainer = {
  run(work, _context, onEvent) {
    const { node, cell } = work;
    const { steps } = cell.settings.train;
    const result = plannedNode(work);
    onEvent({
      type: 'engine',
      name: 'wasm',
      device: 'cpu, 1 thread',
      versions: { tfjs: '4' },
      why: 'it is the only one',
      threads: 1,
      repeatable: true,
    });
    if (node.kind === 'stage' && result.kind === 'stage') {
      onEvent({ type: 'prepare', what: 'tokenizing wordnet', done: 1, of: 4 });
      if (result.growth !== null) onEvent({ type: 'grow', growth: result.growth });
      onEvent({ type: 'stage', stage: node.index, of: cell.settings.schedule.length, shape: result.stage.shape });
      onEvent({ type: 'step', step: result.end.steps, of: steps, loss: 6 });
    }
    if (result.kind === 'finetuning' && node.kind === 'finetuning') {
      onEvent({ type: 'score', task: node.task, metrics: result.record.metrics });
    }
    return Promise.resolve(result);
  },
};

/** Fails, as training does that hits a bug, in cells of this arm. */
export const failingIn = (arm: string): Trainer => ({
  run: (work, ...rest) =>
    work.cell.arm === arm ? Promise.reject(new Error('the loss is not a number')) : swift.run(work, ...rest),
});

/** Finishes its first cell and trains the second until it is stopped. */
export function stuckAfterFirst(onStuck: () => void): Trainer {
  let first: string | null = null;
  return {
    run(work, context, onEvent, signal) {
      first ??= work.cell.id;
      if (work.cell.id === first) return swift.run(work, context, onEvent, signal);
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
        onStuck();
      });
    },
  };
}
