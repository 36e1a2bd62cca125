import { describe, expect, test } from 'vitest';
import { armRows } from '../../src/report/arms.ts';
import { cellsCsv } from '../../src/report/cells.ts';
import { resultsCsv } from '../../src/report/results.ts';
import { planSweep } from '../../src/run/plan.ts';
import type { Arm } from '../../src/run/spec.ts';
import { planOf, tinySettings } from '../run/cells.ts';
import { recordOf } from './records.ts';

describe('a sweep with a grid', () => {
  const settings = (rate: number) => ({ ...tinySettings, train: { ...tinySettings.train, rate } });
  const armAt = (name: string, rate: number, dropout: number): Arm => ({
    name,
    point: { 'train.rate': rate },
    group: name === 'full' ? 'baseline' : 'other',
    settings: { ...settings(rate), model: { ...tinySettings.model, dropout } },
  });
  const plan = planSweep({
    ...planOf(['unused']).comparison,
    arms: [1e-3, 1e-2].flatMap((rate) => [armAt('full', rate, 0), armAt('other', rate, 0.5)]),
  });
  const seconds: Readonly<Record<string, number>> = {
    'full train.rate=0.001': 10,
    'other train.rate=0.001': 5,
    'full train.rate=0.01': 30,
    'other train.rate=0.01': 10,
  };
  const records = plan.cells.map((cell) =>
    recordOf(cell, { seconds: { train: seconds[cell.arm]!, compile: 0, evaluate: 0, finetune: 0 } }),
  );

  test('compares every arm with the baseline of its own point, which has a column', () => {
    const rows = armRows(plan, records, new Map());
    expect(rows.map(({ arm, point, speedupTime }) => [arm, point['train.rate'], speedupTime.median])).toEqual([
      ['full', 1e-3, 0],
      ['other', 1e-3, 1],
      ['full', 1e-2, 0],
      ['other', 1e-2, 2],
    ]);
    expect(
      resultsCsv(rows)
        .split('\n')
        .map((line) => line.split(',').slice(0, 3).join()),
    ).toEqual([
      'train.rate,dimension,arm',
      '0.001,baseline,full',
      '0.001,other,other',
      '0.01,baseline,full',
      '0.01,other,other',
      '',
    ]);
    expect(cellsCsv(plan, records, new Map()).split('\n')[4]).toMatch(/^0\.01,other,other,0,done,/);
  });
});
