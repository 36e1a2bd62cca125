import { UserError } from '../../errors.ts';
import type { Amount, Noise } from './verdict.ts';

/** A gate: which change of a metric fails the comparison. A negative limit is tripped by a fall, a positive by a rise. */
export interface Gate {
  readonly text: string;
  readonly metric: string;
  readonly limit: Amount;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?%?$/i;

/** Reads `score:-0.5` or `speedup_flops:-5%`. Throws a UserError on anything else. */
export function parseGate(text: string): Gate {
  const at = text.lastIndexOf(':');
  const [metric, amount] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  const signed = /^[+-]/.test(amount);
  const limit = at > 0 && signed ? parseAmount(amount) : null;
  if (metric === '' || limit === null) {
    throw new UserError(
      `--fail-on "${text}" is not METRIC:LIMIT`,
      'For example score:-0.5 (fails when the score falls by more than 0.5) or loss:+1% (when the loss rises by more).',
    );
  }
  return { text, metric, limit };
}

/** Reads `time=3%` or `loss=0.01`, several joined in a map. Throws a UserError on anything else. */
export function parseNoise(texts: readonly string[]): Noise {
  return new Map(
    texts.map((text): [string, Amount] => {
      const at = text.lastIndexOf('=');
      const amount = at > 0 ? parseAmount(text.slice(at + 1).trim()) : null;
      if (amount === null || amount.value < 0) {
        throw new UserError(
          `--noise "${text}" is not METRIC=SIZE`,
          'For example time=3% (all metrics that depend on the clock) or loss=0.01.',
        );
      }
      return [text.slice(0, at).trim(), amount];
    }),
  );
}

function parseAmount(text: string): Amount | null {
  if (!NUMBER.test(text)) return null;
  const percent = text.endsWith('%');
  return { value: Number(percent ? text.slice(0, -1) : text), unit: percent ? 'percent' : 'own' };
}
