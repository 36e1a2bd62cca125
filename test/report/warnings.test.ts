import { describe, expect, test } from 'vitest';
import { armRows } from '../../src/report/arms.ts';
import { planSweep } from '../../src/run/plan.ts';
import type { CellRecord, CellResult } from '../../src/run/record.ts';
import { ENGINE, cellOf, FULL_FLOPS, metrics, plan, recordOf, STACK_FLOPS } from './records.ts';

const baseline = [0, 1].map((seed) => recordOf(cellOf('full', seed), {}));

/** Warnings of the arm `stack`, whose first seed differs from the second as told; of tests, see below. */
function warnings(change: Partial<CellResult>, others: Partial<CellRecord> = {}): readonly string[] {
  const stack = [recordOf(cellOf('stack', 0), change, others), recordOf(cellOf('stack', 1), {})];
  return armRows(plan, [...baseline, ...stack], metrics)[1]!.warnings.filter(
    (text) => !text.startsWith('no difference'),
  );
}
const INDICATIVE = 'n=2: spread only indicative';

describe('warnings', () => {
  test('seeds too few for any difference to be significant', () => {
    const stack = [0, 1].map((seed) => recordOf(cellOf('stack', seed), { loss: 5.1 }));
    const [first, second] = armRows(plan, [...baseline, ...stack], metrics);
    expect(first!.warnings).toEqual([INDICATIVE]);
    expect(second!.warnings).toEqual([INDICATIVE, 'no difference can be significant below 6 seeds']);
  });

  test('two seeds are too few to trust their spread', () => {
    expect(warnings({})).toEqual([INDICATIVE]);
  });

  test('one seed has no spread at all', () => {
    expect(armRows(plan, baseline.slice(0, 1), metrics)[0]!.warnings[0]).toBe('n=1: no spread is known');
  });

  test('FLOPs that the trainer counted otherwise than the plan', () => {
    expect(warnings({ flops: FULL_FLOPS })).toContain('FLOPs of seed 0 differ from the plan');
  });

  test('but not where the plan could not know them', () => {
    const settings = plan.arms[1]!.arm.settings;
    const [small, large] = settings.schedule;
    const schedule = [{ ...small!, until: { slope: 0.1, window: 1 } }, large!];
    const arms = [plan.arms[0]!.arm, { ...plan.arms[1]!.arm, settings: { ...settings, schedule } }];
    const early = planSweep({ ...plan.comparison, arms });
    const cells = early.cells.filter(({ arm }) => arm === 'stack');
    const records = cells.map((cell, index) => recordOf(cell, { flops: STACK_FLOPS + index }));
    const told = armRows(early, [...baseline, ...records], metrics)[1]!.warnings;
    expect(told.filter((text) => text.includes('FLOPs'))).toEqual([]);
  });

  test('a growth that was not won back', () => {
    const units = { ffn: 8, hidden: 8 };
    const growths = [{ afterStage: 0, step: 6, before: 4.9, after: 6, width: { before: units, after: units } }];
    expect(warnings({ loss: 5, growths })).toContain('loss of seed 0 ends above its value before growth');
    expect(warnings({ loss: 4.8, growths })).toEqual([INDICATIVE]);
  });

  test.each([
    ['engine', { engine: { ...ENGINE, name: 'other' } }],
    ['device', { engine: { ...ENGINE, device: 'cpu, 8 threads' } }],
    ['package versions', { engine: { ...ENGINE, versions: { tfjs: '4.23.0' } } }],
    ['processor', { machine: { cpu: 'Other CPU', cores: 2, node: 'v20.0.0', platform: 'linux x64' } }],
    ['Node version', { machine: { cpu: 'Test CPU', cores: 2, node: 'v22.0.0', platform: 'linux x64' } }],
  ])('cells that differ in %s', (name, others) => {
    expect(warnings({}, others)).toEqual([INDICATIVE, `not comparable: 2 different values of ${name}`]);
  });

  test('the same versions in another order are the same', () => {
    const reordered = (versions: Readonly<Record<string, string>>) =>
      recordOf(cellOf('full', 0), {}, { engine: { ...ENGINE, versions } });
    const two = [reordered({ a: '1', b: '2' }), { ...reordered({ b: '2', a: '1' }), cell: cellOf('full', 1) }];
    expect(armRows(plan, two, metrics)[0]!.warnings).toEqual([INDICATIVE]);
  });

  test('cells trained on different text, unless the sweep varies its data', () => {
    const corpus = { digest: 'other', trainTokens: 1, validationTokens: 1 };
    expect(warnings({ corpus })).toContain('not comparable: 2 different values of corpus');
    const varying = { ...plan, comparison: { ...plan.comparison, vary: ['data.corpus'] } };
    const stack = recordOf(cellOf('stack', 0), { corpus });
    expect(armRows(varying, [...baseline, stack], metrics)[1]!.warnings).not.toContain(
      'not comparable: 2 different values of corpus',
    );
  });

  test("the trainer's own, with the seeds they concern", () => {
    expect(warnings({ warnings: ['clipped often'] })).toContain('seed 0: clipped often');
  });
});
