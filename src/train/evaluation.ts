import type { EvaluationResult } from '../run/node.ts';
import { targetShape } from '../run/spec.ts';
import { planStages } from '../run/stages.ts';
import type { HostTensors } from '../engine/engine.ts';
import { compilingOf } from './compiling.ts';
import { maskedLmEvaluation } from './masked-batch.ts';
import type { Run } from './run.ts';
import { timed } from './stopwatch.ts';
import { evaluationAt, validate, VALIDATION_TOKENS } from './validation.ts';

/**
 * The final loss, at the target's length, of a model whose last stage had another. Rejects with the signal's reason
 * when stopped.
 */
export async function evaluateFinal(run: Run, state: HostTensors): Promise<EvaluationResult> {
  const { settings } = run.cell;
  const { length } = targetShape(settings);
  const shape = { ...planStages(settings).at(-1)!.shape, length };
  const functions = { [evaluationAt(length)]: maskedLmEvaluation(shape, settings) };
  const { value, seconds } = await timed(async () => {
    const program = await run.engine.compile(functions, state, compilingOf(run.cell, 1));
    try {
      const where = { length, tokens: VALIDATION_TOKENS.table };
      return await validate(program, run.corpus, settings, where, run.signal);
    } finally {
      program.dispose();
    }
  });
  return { kind: 'evaluation', ...value, seconds };
}
