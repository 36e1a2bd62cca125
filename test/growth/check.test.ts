import { describe, expect, test } from 'vitest';
import { scheduleProblems } from '../../src/growth/check.ts';
import { UNREDUCED, type Dimension, type ModelShape } from '../../src/growth/layout.ts';
import type { Schedule, Stage } from '../../src/growth/schedule.ts';

const target: ModelShape = {
  layers: 4,
  hidden: 8,
  heads: 2,
  ffn: 16,
  vocab: 11,
  positions: 32,
  norm: 'post',
  length: 32,
  ...UNREDUCED,
};

const SETTING: Readonly<Record<string, readonly [Dimension, string]>> = {
  stack: ['depth', 'layers'],
  'ffn-share': ['width', 'factor'],
  'ffn-factorize': ['width', 'rank'],
  'ffn-net2net': ['width', 'units'],
  'mean-pool': ['length', 'window'],
  'max-pool': ['length', 'window'],
  'concat-pool': ['length', 'window'],
  interleave: ['depth', 'layers'],
  'share-attention': ['attention', 'layers'],
  truncate: ['length', 'length'],
};

function stage(share: number, sizes: Readonly<Record<string, number>> = {}): Stage {
  const reductions = Object.entries(sizes).map(([operator, size]) => {
    const [dimension, setting] = SETTING[operator]!;
    return [dimension, { operator, settings: { [setting]: size } }] as const;
  });
  return { share, reductions: Object.fromEntries(reductions) };
}

const places = (schedule: Schedule) =>
  scheduleProblems(target, schedule).map(({ stage: index, dimension }) => [index, dimension]);

describe('a schedule can be grown through', () => {
  test.each<[string, Schedule]>([
    ['with no growth at all', [stage(1)]],
    ["with StackBERT's three stages", [stage(0.125, { stack: 1 }), stage(0.175, { stack: 2 }), stage(0.7)]],
    ['in thirds', [stage(1 / 3, { stack: 1 }), stage(1 / 3, { stack: 2 }), stage(1 / 3)]],
    ['in all dimensions at once', [stage(0.5, { stack: 2, 'ffn-share': 2, 'mean-pool': 2 }), stage(0.5)]],
    ['with a window that does not divide the sequence', [stage(0.5, { 'mean-pool': 3 }), stage(0.5)]],
    ['without growing between two stages', [stage(0.5, { stack: 2 }), stage(0.2, { stack: 2 }), stage(0.3)]],
    ['ending small', [stage(1, { stack: 2 })]],
    ['by another operator in the second stage', [stage(0.5, { stack: 1 }), stage(0.2, { interleave: 2 }), stage(0.3)]],
    ['from tied units to any number', [stage(0.5, { 'ffn-share': 4 }), stage(0.2, { 'ffn-net2net': 7 }), stage(0.3)]],
    ['from one pooling to another', [stage(0.5, { 'mean-pool': 4 }), stage(0.2, { 'max-pool': 2 }), stage(0.3)]],
    ['of a larger rank', [stage(0.5, { 'ffn-factorize': 2 }), stage(0.2, { 'ffn-factorize': 4 }), stage(0.3)]],
    ['while layers that share attention come in', [stage(0.5, { stack: 3, 'share-attention': 2 }), stage(0.5)]],
  ])('%s', (_, schedule) => {
    expect(scheduleProblems(target, schedule)).toEqual([]);
  });
});

describe('operators that learn', () => {
  const learned = (steps: number): Schedule => [
    {
      share: 0.5,
      reductions: {
        depth: { operator: 'ligo-depth', settings: { layers: 2, steps: 100, rate: 0.01 } },
        width: { operator: 'ligo-width', settings: { hidden: 4, steps, rate: 0.001 } },
      },
    },
    stage(0.5),
  ];

  test('grow together where they are fitted alike, and else do not', () => {
    expect(scheduleProblems(target, learned(100))).toEqual([]);
    expect(scheduleProblems(target, learned(50))).toMatchObject([
      { stage: 0, message: expect.stringContaining('100 and 50') as string },
    ]);
  });
});

describe('a schedule cannot be grown through', () => {
  test.each<[string, Schedule, [number | null, Dimension | null][]]>([
    ['with shares below 1', [stage(0.5, { stack: 2 }), stage(0.4)], [[null, null]]],
    ['with shares above 1', [stage(0.5, { stack: 2 }), stage(0.6)], [[null, null]]],
    ['with no stage', [], [[null, null]]],
    ['that starts as large as it ends', [stage(0.5, { stack: 4 }), stage(0.5)], [[0, 'depth']]],
    ['with units that cannot be shared evenly', [stage(0.5, { 'ffn-share': 3 }), stage(0.5)], [[0, 'width']]],
    ['with a window wider than the sequence', [stage(0.5, { 'mean-pool': 40 }), stage(0.5)], [[0, 'length']]],
    ['that loses layers', [stage(0.5, { stack: 3 }), stage(0.2, { stack: 2 }), stage(0.3)], [[0, 'depth']]],
    [
      'that loses FFN units',
      [stage(0.5, { 'ffn-share': 2 }), stage(0.2, { 'ffn-share': 4 }), stage(0.3)],
      [[0, 'width']],
    ],
    [
      'that pools more later',
      [stage(0.5, { 'mean-pool': 2 }), stage(0.2, { 'mean-pool': 4 }), stage(0.3)],
      [[0, 'length']],
    ],
    [
      'that shortens what it pooled',
      [stage(0.5, { 'mean-pool': 2 }), stage(0.2, { truncate: 24 }), stage(0.3)],
      [[0, 'length']],
    ],
    [
      'from tied units to factors',
      [stage(0.5, { 'ffn-share': 2 }), stage(0.2, { 'ffn-factorize': 2 }), stage(0.3)],
      [[0, 'width']],
    ],
    [
      'from means to a projection that nothing has trained',
      [stage(0.5, { 'mean-pool': 4, stack: 2 }), stage(0.2, { 'concat-pool': 2, stack: 3 }), stage(0.3)],
      [[0, 'length']],
    ],
    ['with factors that cost more than the kernel', [stage(0.5, { 'ffn-factorize': 6 }), stage(0.5)], [[0, 'width']]],
    [
      'with scores shared by more layers than there are',
      [stage(0.5, { stack: 2, 'share-attention': 3 }), stage(0.5)],
      [[0, 'attention']],
    ],
    ['that loses the target itself', [stage(0.5), stage(0.5, { stack: 2 })], [[0, 'depth']]],
    [
      'for two reasons at once',
      [stage(0.5, { stack: 3, 'ffn-share': 2 }), stage(0.5, { stack: 2, 'ffn-share': 4 })],
      [
        [0, 'depth'],
        [0, 'width'],
      ],
    ],
  ])('%s', (_, schedule, expected) => {
    expect(places(schedule)).toEqual(expected);
  });

  test('and names the two operators where sizes do not compare', () => {
    const schedule = [stage(0.5, { 'ffn-share': 2 }), stage(0.2, { 'ffn-factorize': 2 }), stage(0.3)];
    const messages = scheduleProblems(target, schedule).map(({ message }) => message);
    expect(messages).toEqual(['width: ffn-share cannot grow into ffn-factorize']);
  });

  test('and says what was received', () => {
    const [problem] = scheduleProblems(target, [stage(0.5, { stack: 3 }), stage(0.2, { stack: 2 }), stage(0.2)]);
    expect(problem?.message).toContain('got 90%');
    expect(problem?.hint).toContain('10%');
  });
});
