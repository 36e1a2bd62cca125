import { mean } from '../statistics/centre.ts';
import type { Outcome } from '../outcomes.ts';

/** What a curve is drawn against. */
export type Cost = 'flops' | 'seconds';

/** A point of an arm's validation curve over its finished seeds. */
export interface BandPoint {
  readonly step: number;
  readonly flops: number;
  readonly seconds: number;
  /** Mean over the seeds, and the lowest and the highest among them. */
  readonly loss: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The validation curve of an arm: means over its finished cells, at the steps that all of them measured. Cells that
 * left a stage early measured at other steps, and a mean over some of the seeds would jump where their number changes.
 */
export function meanCurve(outcomes: readonly Outcome[]): BandPoint[] {
  const curves = outcomes.flatMap(({ done }) => (done === null ? [] : [occurrences(done.curve)]));
  const [first, ...others] = curves;
  return [...(first ?? [])].flatMap(([key, point]): BandPoint[] => {
    const points = [point, ...others.flatMap((curve) => curve.get(key) ?? [])];
    if (points.length < curves.length) return [];
    const losses = points.map(({ loss }) => loss);
    const over = (cost: Cost) => mean(points.map((own) => own[cost]))!;
    return [
      {
        ...{ step: point.step, flops: over('flops'), seconds: over('seconds') },
        ...{ loss: mean(losses)!, low: Math.min(...losses), high: Math.max(...losses) },
      },
    ];
  });
}

/** Points by their step, and by how many of that step came before: a growth is measured before and after. */
function occurrences<Point extends { readonly step: number }>(curve: readonly Point[]): Map<string, Point> {
  return new Map(
    curve.map((point, index) => {
      const earlier = curve.slice(0, index).filter(({ step }) => step === point.step).length;
      return [`${point.step} ${earlier}`, point];
    }),
  );
}
