import { describe, expect, test } from 'vitest';
import { planStages } from '../../src/run/plan.ts';
import { cellId } from '../../src/run/spec.ts';
import { tinySettings } from './cells.ts';

describe('a cell is named by what it computes', () => {
  test('not by the order of its keys', () => {
    const { model, ...rest } = tinySettings;
    expect(cellId({ ...rest, model }, 0, 'wasm')).toBe(cellId(tinySettings, 0, 'wasm'));
  });

  test.each([
    ['seed', tinySettings, 1],
    ['rate', { ...tinySettings, train: { ...tinySettings.train, rate: 2e-3 } }, 0],
    ['schedule', { ...tinySettings, schedule: [...tinySettings.schedule, { share: 0, reductions: {} }] }, 0],
  ] as const)('but by its %s', (_, settings, seed) => {
    expect(cellId(settings, seed, 'wasm')).not.toBe(cellId(tinySettings, 0, 'wasm'));
  });
});

test('the stages of a plan follow one another over all steps', () => {
  const depth = { operator: 'stack', settings: { layers: 1 } };
  const schedule = [
    { share: 0.7, reductions: { depth } },
    { share: 0.3, reductions: {} },
  ];
  const stages = planStages({ ...tinySettings, schedule });
  expect(stages.map(({ start, steps, shape }) => [start, steps, shape.layers])).toEqual([
    [0, 7, 1],
    [7, 3, 2],
  ]);
});
