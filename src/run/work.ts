import { forwardFlops } from '../growth/flops.ts';
import { protocolOf } from './protocol.ts';
import { targetShape, type Settings } from './spec.ts';

/** The default tasks' training sets have about so many examples; only the estimate of what is left depends on it. */
const TYPICAL_EXAMPLES = 20_000;

/** Backward costs twice the forward pass. */
const FORWARD_AND_BACKWARD = 3;

/** Validation tokens behind the final loss, about. */
const EVALUATION_TOKENS = 32_768;

/** FLOPs of fine-tuning one task, roughly: for estimates of the time left, never for a table. */
export function taskWork(settings: Settings, task: string): number {
  const { examples, epochs, length, rates, seeds } = protocolOf(settings, task);
  const forward = forwardFlops({ ...targetShape(settings), length }, 0);
  return FORWARD_AND_BACKWARD * forward * (examples ?? TYPICAL_EXAMPLES) * epochs * rates.length * seeds;
}

/** The same of measuring the final loss. */
export function evaluationWork(settings: Settings): number {
  const target = targetShape(settings);
  return (forwardFlops(target, 0) * EVALUATION_TOKENS) / target.length;
}
