import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UNREDUCED, type ModelShape } from '../../src/growth/layout.ts';
import { checkRecipe, copy, identity } from '../../src/growth/recipe.ts';
import {
  growingAfter,
  growthAfter,
  stageShape,
  stageSteps,
  type Schedule,
  type Stage,
} from '../../src/growth/schedule.ts';

const target: ModelShape = {
  layers: 12,
  hidden: 8,
  heads: 2,
  ffn: 16,
  vocab: 11,
  positions: 12,
  norm: 'pre',
  length: 12,
  ...UNREDUCED,
};
const layers = (count: number) => ({ operator: 'stack', settings: { layers: count } });
const share = (factor: number) => ({ operator: 'ffn-share', settings: { factor } });

describe('stages', () => {
  test('apply every reduction to the target', () => {
    const stage = {
      share: 1,
      reductions: { depth: layers(3), width: share(4), length: { operator: 'truncate', settings: { length: 6 } } },
    };
    expect(stageShape(target, stage)).toEqual({ ...target, layers: 3, ffn: 4, length: 6 });
  });

  test('get whole steps that add up, whatever the shares', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 10, max: 1_000_000 }),
        (weights, steps) => {
          const total = weights.reduce((a, b) => a + b, 0);
          const schedule = weights.map((weight) => ({ share: weight / total, reductions: {} }));
          const own = stageSteps(schedule, steps);
          expect(own.reduce((a, b) => a + b, 0)).toBe(steps);
          expect(own.every((count, i) => Math.abs(count - schedule[i]!.share * steps) <= 1)).toBe(true);
        },
      ),
    );
  });
});

describe('growth between stages', () => {
  const schedule: Schedule = [
    { share: 0.3, reductions: { depth: layers(3), width: share(4) } },
    { share: 0.3, reductions: { depth: layers(6), width: share(4) } },
    { share: 0.4, reductions: {} },
  ];

  test('grows 3 -> 6 -> 12 layers as StackBERT does, and only what changed', () => {
    const first = growthAfter(target, schedule, 0);
    checkRecipe(first, { ...target, layers: 3, ffn: 4 }, { ...target, layers: 6, ffn: 4 });
    expect(first.get('layer_5/ffn_input/kernel')).toEqual(copy('layer_2/ffn_input/kernel'));
  });

  test('grows several dimensions in one recipe', () => {
    checkRecipe(growthAfter(target, schedule, 1), { ...target, layers: 6, ffn: 4 }, target);
  });

  test('happens after no last stage, though its model be small', () => {
    const small: Stage = {
      share: 0.5,
      reductions: { depth: { operator: 'msg-depth', settings: { layers: 3, ramp: 9 } } },
    };
    expect(growingAfter([small, { share: 0.5, reductions: {} }], 0).map(({ operator }) => operator.name)).toEqual([
      'msg-depth',
    ]);
    expect(growingAfter([{ ...small, share: 1 }], 0)).toEqual([]);
  });

  test('is nothing at all between equal stages', () => {
    const halves = [schedule[0]!, schedule[0]!];
    expect(growthAfter(target, halves, 0)).toEqual(identity({ ...target, layers: 3, ffn: 4 }));
  });

  test('never shrinks', () => {
    const shrinking: Schedule = [
      { share: 0.5, reductions: {} },
      { share: 0.5, reductions: { depth: layers(3) } },
    ];
    expect(() => growthAfter(target, shrinking, 0)).toThrow('stage 1 is smaller in depth');
  });
});
