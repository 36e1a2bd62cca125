import { describe, expect, test } from 'vitest';
import { reportedPoints } from '../../../src/report/html/arms.ts';
import { verdict } from '../../../src/report/html/verdict.ts';
import type { Plan } from '../../../src/run/plan.ts';
import type { CellRecord } from '../../../src/run/record.ts';
import type { Arm } from '../../../src/run/spec.ts';
import { metrics, recordOf } from '../records.ts';
import { finished, full, planOf, stack } from './fixtures.ts';

const small: Arm = {
  ...stack,
  name: 'never-grown',
  group: 'control',
  settings: { ...stack.settings, schedule: [{ ...stack.settings.schedule[0]!, share: 1 }] },
};

/** The verdict on arms whose scores are the seed's, plus `shifts` by arm, plus a little that is noise. */
function verdictOn(plan: Plan, shifts: Readonly<Record<string, (seed: number) => number>>): string {
  const records = plan.cells.map((cell) =>
    finished(
      cell,
      50 + cell.seed / 10 + (shifts[cell.arm]?.(cell.seed) ?? 0),
      cell.arm === 'never-grown' ? { flops: 1e6 } : {},
    ),
  );
  return verdictOf(plan, records);
}
const verdictOf = (plan: Plan, records: readonly CellRecord[]) => verdict(reportedPoints(plan, records, metrics)[0]!);

const noise = (seed: number) => (seed % 2 === 0 ? 0.4 : -0.4);

describe('the verdict', () => {
  test('says that nothing could be found, and how many seeds it takes', () => {
    // One test, as the losses are equal: 2 ** (1 - n) is at most 0.05 from n = 6.
    expect(verdictOn(planOf(3), { stack: () => -20 })).toBe(
      'No verdict: with 3 seeds, no difference in score from full could be significant, whatever its size; among so many tests that needs at least 6 seeds.',
    );
  });

  test('calls a difference none that chance could make, and gives its interval', () => {
    const text = verdictOn(planOf(8), { stack: noise });
    expect(text).toMatch(
      /^stack, with a speedup of \+22\.0% in FLOPs, .* shows no detectable difference in score from full \(0\.0 points, 95 % interval −0\.4 to \+0\.4; 8 seeds\)/,
    );
  });

  test('names what is worse, and does not recommend it', () => {
    expect(verdictOn(planOf(8), { stack: (seed) => -3 - seed / 10 })).toBe(
      'No arm is both faster than full and not detectably worse in score; detectably worse: stack.',
    );
  });

  test('says where the fast one is even better', () => {
    expect(verdictOn(planOf(8), { stack: (seed) => 3 + seed / 10 })).toMatch(
      /^stack, .* is better than full in score \(\+3\.3 points, 95 % interval \+3\.1 to \+3\.6; 8 seeds\)\.$/,
    );
  });

  test('never recommends a model that did not grow to full size, however fast', () => {
    const text = verdictOn(planOf(8, [full, stack, small]), { stack: noise, 'never-grown': () => 0 });
    expect(text).toMatch(/^stack, /);
    expect(text).toContain('; no detectable difference either way: never-grown.');
  });

  test('takes the fastest of those that kept the quality', () => {
    const longer = { ...stack.settings.schedule[0]!, share: 0.8 };
    const faster: Arm = {
      ...stack,
      name: 'longer',
      settings: { ...stack.settings, schedule: [longer, { share: 0.2, reductions: {} }] },
    };
    const plan = planOf(9, [full, stack, faster]);
    const flops = new Map(plan.arms.map(({ arm, flops: own }) => [arm.name, own]));
    const records = (shift: number) =>
      plan.cells.map((cell) =>
        finished(cell, 50 + noise(cell.seed + (cell.arm === 'full' ? 0 : 1)) + (cell.arm === 'longer' ? shift : 0), {
          flops: flops.get(cell.arm)!,
        }),
      );
    expect(verdictOf(plan, records(0))).toMatch(/^longer, /);
    expect(verdictOf(plan, records(-9))).toMatch(/^stack, .*; detectably worse: longer\./);
  });

  test('is about the loss where nothing is fine-tuned', () => {
    const arms = [full, stack].map((arm) => ({
      ...arm,
      settings: { ...arm.settings, finetune: { ...arm.settings.finetune, tasks: [] } },
    }));
    const plan = planOf(8, arms);
    const records = plan.cells.map((cell) =>
      recordOf(cell, { loss: 5 + cell.seed / 100 + (cell.arm === 'stack' ? 0.5 + cell.seed / 1000 : 0) }),
    );
    expect(verdictOf(plan, records)).toBe(
      'No arm is both faster than full and not detectably worse in loss; detectably worse: stack.',
    );
  });
});
