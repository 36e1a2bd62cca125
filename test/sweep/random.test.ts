import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planStages } from '../../src/run/plan.ts';
import { targetShape } from '../../src/run/spec.ts';
import { loadText } from './folder.ts';

/** A schedule that grows `layers`, FFN and sequence from stage to stage, shares in whole percents. */
const growing = (layers: number, factor: number) =>
  fc
    .record({
      cut: fc.integer({ min: 5, max: 95 }),
      depths: fc.tuple(fc.integer({ min: 1, max: layers - 1 }), fc.integer({ min: 1, max: layers - 1 })),
      long: fc.boolean(),
      width: fc.boolean(),
      length: fc.constantFrom({}, { length: { 'mean-pool': 2 } }, { length: { truncate: 16 } }),
    })
    .map(({ cut, depths, long, width, length }) => {
      const [first, second] = depths.toSorted((a, b) => a - b);
      const stack = (size: number) => ({ depth: { stack: long ? { layers: size } : size } });
      const small = { ...stack(first!), ...(width ? { width: { 'ffn-share': factor } } : {}), ...length };
      return [
        { steps: `${cut / 2}%`, ...small },
        { steps: `${cut / 2}%`, ...stack(second!) },
        { steps: `${100 - cut}%` },
      ];
    });

const sweep = fc
  .record({
    layers: fc.integer({ min: 2, max: 12 }),
    heads: fc.constantFrom(1, 2, 4),
    perHead: fc.constantFrom(4, 8, 16),
    factor: fc.constantFrom(2, 4),
    units: fc.integer({ min: 1, max: 9 }),
    steps: fc.integer({ min: 100, max: 100_000 }),
    seeds: fc.uniqueArray(fc.nat(1000), { minLength: 1, maxLength: 5 }),
  })
  .chain(({ layers, heads, perHead, factor, units, ...rest }) =>
    fc.record({
      model: fc.constant({ layers, heads, hidden: heads * perHead, ffn: factor * units, positions: 32 }),
      schedules: fc.array(growing(layers, factor), { minLength: 1, maxLength: 4 }),
      rest: fc.constant(rest),
    }),
  );

test('every sweep whose arms grow loads and ends each arm at the target after all of its steps', async () => {
  await fc.assert(
    fc.asyncProperty(sweep, async ({ model, schedules, rest: { steps, seeds } }) => {
      const distinct = [
        ...new Map(
          schedules.map((schedule) => [JSON.stringify(schedule).replaceAll(/\{"layers":(\d+)\}/g, '$1'), schedule]),
        ).values(),
      ];
      const arms = distinct.map((schedule, index) => [`grown-${index}`, { schedule }] as const);
      const file = {
        seeds,
        base: { model, train: { steps, rate: 1e-3 } },
        arms: { full: {}, ...Object.fromEntries(arms) },
      };
      const comparison = await loadText(JSON.stringify(file, null, 1));
      expect(comparison.seeds).toEqual(seeds);
      expect(comparison.arms.map(({ name }) => name)).toEqual(['full', ...arms.map(([name]) => name)]);
      for (const { settings } of comparison.arms) {
        const stages = planStages(settings);
        expect(stages.at(-1)!.shape).toEqual(targetShape(settings));
        expect(stages.reduce((sum, stage) => sum + stage.steps, 0)).toBe(steps);
        expect(settings.schedule.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
      }
    }),
    { numRuns: 100 },
  );
});
