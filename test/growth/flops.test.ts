import { describe, expect, test } from 'vitest';
import { forwardFlops, stageFlops } from '../../src/growth/flops.ts';
import { UNREDUCED, type ModelShape } from '../../src/growth/layout.ts';
import { stageShape, type Schedule, type Stage } from '../../src/growth/schedule.ts';

const base: ModelShape = {
  layers: 12,
  hidden: 768,
  heads: 12,
  ffn: 3072,
  vocab: 30522,
  positions: 512,
  norm: 'post',
  length: 512,
  ...UNREDUCED,
};
const large: ModelShape = { ...base, layers: 24, hidden: 1024, heads: 16, ffn: 4096 };
const MASKED = 77; // 15 % of 512

/** Baseline cost over the mean cost of the stages, minus 1: the paper's FLOPs speedup, on the forward pass. */
function speedup(target: ModelShape, schedule: Schedule): number {
  const costs = schedule.map((stage) => stage.share * forwardFlops(stageShape(target, stage), MASKED));
  return forwardFlops(target, MASKED) / costs.reduce((a, b) => a + b, 0) - 1;
}

describe('FLOPs', () => {
  test('of BERT-base at 128 tokens are the 22.5 G that Sun et al. 2020 report (MobileBERT, table 4)', () => {
    expect(forwardFlops({ ...base, length: 128 }, 0) / 22.5e9).toBeCloseTo(1, 1);
  });

  // The stage boundaries are not published: both schedules are reconstructions, in three stages of equal steps.
  const third = (reductions: Stage['reductions']): Stage => ({ share: 1 / 3, reductions });
  const depth = (layers: number) => ({ operator: 'stack', settings: { layers } });
  const width = { operator: 'ffn-share', settings: { factor: 2 } };
  const length = { operator: 'mean-pool', settings: { window: 2 } };

  test.each([
    ['base', base, 0.687, 1.071],
    ['large', large, 0.707, 1.114],
  ] as const)('of the reconstructed schedules give the speedups reported for %s', (_, target, stack, compound) => {
    const [quarter, half] = [depth(target.layers / 4), depth(target.layers / 2)];
    const stacking = [third({ depth: quarter }), third({ depth: half }), third({})];
    const together = [third({ depth: quarter, width, length }), third({ depth: half, length }), third({})];
    expect(Math.abs(speedup(target, stacking) - stack)).toBeLessThan(0.025);
    expect(Math.abs(speedup(target, together) - compound)).toBeLessThan(0.025);
  });

  test('of a pooled model count the masked tokens apart and the unpooled keys and values of the first layer', () => {
    const tiny: ModelShape = { ...base, layers: 2, hidden: 4, heads: 1, ffn: 8, vocab: 10, length: 11 };
    const pooled: ModelShape = { ...tiny, pool: { how: 'mean', window: 3 } };
    // [CLS], 8 visible tokens in windows of 3, 3 and 2, and 2 masked ones: 6 queries; 11 keys.
    const projections = [6, 11, 11, 6].reduce((sum, tokens) => sum + 2 * tokens * 4 * 4, 0) + 4 * (2 * 6 * 4 * 4);
    const attention = 2 * (2 * 6 * 11 * 4) + 2 * (2 * 6 * 6 * 4);
    const ffn = 2 * (2 * (2 * 6 * 4 * 8));
    const head = 2 * 2 * 4 * 4 + 2 * 2 * 4 * 10;
    expect(forwardFlops(pooled, 2)).toBe(projections + attention + ffn + head);
  });

  test('of training are three times those of the forward pass, per sequence and step', () => {
    expect(stageFlops(base, MASKED, 8, 10)).toBe(3 * 8 * 10 * forwardFlops(base, MASKED));
  });
});
