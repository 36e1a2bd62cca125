import { describe, expect, test } from 'vitest';
import { armRows } from '../../src/report/arms.ts';
import { planSweep } from '../../src/run/plan.ts';
import type { CellRecord, CellResult } from '../../src/run/record.ts';
import { cellOf, FULL_FLOPS, metrics, plan, recordOf, STACK_FLOPS } from './records.ts';

const baseline = [0, 1].map((seed) => recordOf(cellOf('full', seed), {}));

/** Warnings of the arm `stack`, whose first seed differs from the second as told. */
function warnings(change: Partial<CellResult>, others: Partial<CellRecord> = {}): readonly string[] {
  const stack = [recordOf(cellOf('stack', 0), change, others), recordOf(cellOf('stack', 1), {})];
  return armRows(plan, [...baseline, ...stack], metrics)[1]!.warnings;
}
const USUAL = 'n=2: spread only indicative';

describe('warnings', () => {
  test('two seeds are too few to trust their spread', () => {
    expect(warnings({})).toEqual([USUAL]);
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
    expect(armRows(early, [...baseline, ...records], metrics)[1]!.warnings).toEqual([USUAL]);
  });

  test('a growth that was not won back', () => {
    const units = { ffn: 8, hidden: 8 };
    const growths = [{ afterStage: 0, step: 6, before: 4.9, after: 6, width: { before: units, after: units } }];
    expect(warnings({ loss: 5, growths })).toContain('loss of seed 0 ends above its value before growth');
    expect(warnings({ loss: 4.8, growths })).toEqual([USUAL]);
  });

  test.each([
    ['engine', { engine: { name: 'other', device: 'cpu, 1 thread', versions: { tfjs: '4.22.0' } } }],
    ['device', { engine: { name: 'wasm', device: 'cpu, 8 threads', versions: { tfjs: '4.22.0' } } }],
    ['package versions', { engine: { name: 'wasm', device: 'cpu, 1 thread', versions: { tfjs: '4.23.0' } } }],
    ['processor', { machine: { cpu: 'Other CPU', cores: 2, node: 'v20.0.0', platform: 'linux x64' } }],
    ['Node version', { machine: { cpu: 'Test CPU', cores: 2, node: 'v22.0.0', platform: 'linux x64' } }],
  ])('cells that differ in %s', (name, others) => {
    expect(warnings({}, others)).toEqual([USUAL, `not comparable: 2 different values of ${name}`]);
  });

  test('the same versions in another order are the same', () => {
    const reordered = (versions: Readonly<Record<string, string>>) =>
      recordOf(cellOf('full', 0), {}, { engine: { name: 'wasm', device: 'cpu', versions } });
    const two = [reordered({ a: '1', b: '2' }), { ...reordered({ b: '2', a: '1' }), cell: cellOf('full', 1) }];
    expect(armRows(plan, two, metrics)[0]!.warnings).toEqual([USUAL]);
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
