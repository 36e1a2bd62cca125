import { describe, expect, test } from 'vitest';
import { forwardFlops, stageFlops } from '../../src/growth/flops.ts';
import type { ModelShape } from '../../src/growth/layout.ts';
import { stageShape, type Schedule } from '../../src/growth/schedule.ts';

const base: ModelShape = {
  layers: 12,
  hidden: 768,
  heads: 12,
  ffn: 3072,
  vocab: 30522,
  positions: 512,
  norm: 'post',
  length: 512,
  pool: null,
};
const large: ModelShape = { ...base, layers: 24, hidden: 1024, heads: 16, ffn: 4096 };
const MASKED = 77; // 15 % of 512

/** Baseline cost over the mean cost of the stages, minus 1: the paper's FLOPs speedup, on the forward pass. */
function speedup(target: ModelShape, schedule: Schedule): number {
  const costs = schedule.map((stage) => stage.share * forwardFlops(stageShape(target, stage), MASKED));
  return forwardFlops(target, MASKED) / costs.reduce((a, b) => a + b, 0) - 1;
}

const depth = (layers: number) => ({ operator: 'stack', settings: { layers } });

describe('FLOPs', () => {
  test('of BERT-base at 128 tokens are the 22.5 G that Sun et al. 2020 report (MobileBERT, table 4)', () => {
    expect(forwardFlops({ ...base, length: 128 }, 0) / 22.5e9).toBeCloseTo(1, 1);
  });

  test.each([
    ['base', base, 0.687],
    ['large', large, 0.707],
  ] as const)('of stacking L/4 -> L/2 -> L in equal steps give the speedup reported for %s', (_, target, reported) => {
    const stacking: Schedule = [4, 2].map((part) => ({
      share: 1 / 3,
      reductions: { depth: depth(target.layers / part) },
    }));
    // The stage boundaries are not published; this reconstruction fits both figures to within 2.5 points.
    const reconstructed = speedup(target, [...stacking, { share: 1 / 3, reductions: {} }]);
    expect(Math.abs(reconstructed - reported)).toBeLessThan(0.025);
  });

  test('of a pooled model count the appended masked tokens and the unpooled keys and values of the first layer', () => {
    const tiny: ModelShape = { ...base, layers: 2, hidden: 4, heads: 1, ffn: 8, vocab: 10, length: 9 };
    const pooled: ModelShape = { ...tiny, pool: { how: 'mean', window: 3 } };
    // 9 tokens: [CLS], 8 others in windows of 3, 3 and 2, and 2 masked ones appended: 6 queries; 9 + 2 keys.
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
