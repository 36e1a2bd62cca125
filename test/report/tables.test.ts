import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { armRows } from '../../src/report/arms.ts';
import { cellsCsv } from '../../src/report/cells.ts';
import { writeTables } from '../../src/report/index.ts';
import { metricNamed } from '../../src/report/metrics.ts';
import { metaJson } from '../../src/report/meta.ts';
import { resultsCsv } from '../../src/report/results.ts';
import { scoreOf } from '../../src/report/score.ts';
import { planSweep } from '../../src/run/plan.ts';
import { glue } from '../../src/tasks/glue/index.ts';
import { ENGINE, cellOf, failure, metrics, plan, recordOf, records, scores, seconds } from './records.ts';

const lines = (...rows: string[]) => `${rows.join('\n')}\n`;
const results = (of = records) => resultsCsv(armRows(plan, of, metrics));

describe('results.csv', () => {
  test('has no speedup where nothing was pre-trained: nothing is no part of nothing', () => {
    const without = { steps: 0, flops: 0, seconds: seconds(0), curve: [], tasks: scores(0.6, 0.1) };
    const rows = armRows(
      plan,
      plan.cells.map((cell) => recordOf(cell, without)),
      metrics,
    );
    for (const row of rows) {
      expect([row.flops, row.speedupFlops, row.speedupTime.value, row.speedupToLoss.value]).toEqual([
        0,
        null,
        null,
        null,
      ]);
    }
    expect(resultsCsv(rows)).not.toMatch(/NaN|Infinity/);
  });

  test('has the statistics that Python works out from the same records', () => {
    expect(results()).toBe(
      lines(
        'dimension,arm,n,failed,steps,flops,seconds,speedup_flops,speedup_time,speedup_time_lo,speedup_time_hi,speedup_to_loss,speedup_to_loss_lo,speedup_to_loss_hi,speedup_to_loss_time,speedup_to_loss_time_lo,speedup_to_loss_time_hi,loss,loss_sd,loss_delta,loss_delta_lo,loss_delta_hi,loss_p,effective_ffn,effective_hidden,topic.accuracy,topic.macro_f1,span.exact_match,score,score_sd,score_delta,score_delta_lo,score_delta_hi,score_p,warnings',
        'baseline,full,2,0,10,4899840,11.00,0.0000,0.0000,0.0000,0.0000,,,,,,,5.6000,0.1414,0.0000,0.0000,0.0000,,15.0,8.0,0.6300,0.5000,0.1500,39.00,4.95,0.00,0.00,0.00,,n=2: spread only indicative',
        'depth,stack,2,0,10,4015104,8.25,0.2204,0.3284,-0.3869,1.8781,,,,,,,5.4750,0.1945,-0.1250,-3.1427,2.8927,,13.8,7.0,0.6100,0.5000,0.2000,40.50,4.24,1.50,-4.85,7.85,,n=2: spread only indicative; no difference can be significant below 7 seeds',
      ),
    );
  });

  test('leaves empty what is not known, and never writes 0 for it', () => {
    const some = [records[0]!, failure(cellOf('stack', 0), 'out of memory\nat line 3')];
    expect(results(some).split('\n')[2]).toBe(
      `depth,stack,0,1${','.repeat(31)}1 of 2 cells failed: out of memory; 1 of 2 cells not run yet`,
    );
  });

  test('compares times and scores over the seeds that both arms finished', () => {
    const some = [records[0]!, records[1]!, records[3]!];
    const stack = armRows(plan, some, metrics)[1]!;
    expect(stack.speedupTime).toEqual({ value: expect.closeTo(0.25, 12) as number, low: null, high: null });
    expect(stack.scoreDelta.value).toBeCloseTo(2, 12);
    expect(stack.n).toBe(2);
    expect(stack.warnings).toContain('compared with the baseline over 1 of 2 seeds');
  });

  test('tests differences in loss and score once there are seeds enough, together', () => {
    const eight = planSweep({ ...plan.comparison, seeds: [0, 1, 2, 3, 4, 5, 6, 7] });
    const all = eight.cells.map((cell) =>
      recordOf(cell, {
        loss: cell.arm === 'full' ? 5 : 5.1 + cell.seed / 100,
        tasks: scores(0.5 + cell.seed / 100, 0.2),
      }),
    );
    const { lossDelta, scoreDelta, warnings } = armRows(eight, all, metrics)[1]!;
    // All eight differences of loss have one sign; those of score are all zero, and so no second test.
    expect(lossDelta.p).toBe(2 / 2 ** 8);
    expect([scoreDelta.value, scoreDelta.p, warnings]).toEqual([0, null, []]);
  });

  test('writes no minus sign before a number that rounds to 0', () => {
    const worse = recordOf(cellOf('stack', 0), { tasks: scores(0.60999, 0.1), seconds: seconds(10.0001) });
    const fields = results([records[0]!, worse]).split('\n')[2]!.split(',');
    expect(fields.filter((field) => /^-0\.0*$/.test(field))).toEqual([]);
    expect(fields.at(-5)).toBe('0.00');
  });

  test('keeps diverged cells out of the means', () => {
    const some = [records[0]!, recordOf(cellOf('full', 1), { status: 'diverged', loss: null, seconds: seconds(1) })];
    const full = armRows(plan, some, metrics)[0]!;
    expect([full.n, full.failed, full.seconds]).toEqual([1, 1, 10]);
    expect(full.warnings).toContain('1 of 2 cells diverged');
  });

  test('has no score where one of the tasks has none', () => {
    const { topic } = scores(0.6, 0.2);
    const full = armRows(plan, [recordOf(cellOf('full', 0), { tasks: { topic: topic! } })], metrics)[0]!;
    expect(full.score.mean).toBeNull();
    expect(full.metrics.map(({ mean }) => mean)).toEqual([0.6, 0.5, null]);
  });
});

test('the score of all tasks of GLUE is the benchmark’s average', () => {
  // BERT-large on the leaderboard: AX and the parts of every task, whose average it gives as 80.5.
  const published: Readonly<Record<string, Readonly<Record<string, number>>>> = {
    'glue-cola': { matthews: 60.5 },
    'glue-sst2': { accuracy: 94.9 },
    'glue-mrpc': { f1: 89.3, accuracy: 85.4 },
    'glue-stsb': { pearson: 87.6, spearman: 86.5 },
    'glue-qqp': { f1: 72.1, accuracy: 89.3 },
    'glue-mnli': { accuracy_m: 86.7, accuracy_mm: 85.9 },
    'glue-qnli': { accuracy: 92.7 },
    'glue-rte': { accuracy: 70.1 },
    'glue-wnli': { accuracy: 65.1 },
    'glue-ax': { matthews: 39.6 },
  };
  const record = (percent: Readonly<Record<string, number>>) => ({
    ...{ version: 1, seconds: 1 },
    metrics: Object.fromEntries(Object.entries(percent).map(([name, value]) => [name, value / 100])),
  });
  const tasks = Object.fromEntries(Object.entries(published).map(([name, percent]) => [name, record(percent)]));
  const { result } = recordOf(cellOf('full', 0), { tasks });
  const known = new Map(glue.map(({ name, metrics: own }) => [name, own]));
  expect(glue.map(({ name }) => name).toSorted()).toEqual(Object.keys(published).toSorted());
  expect(scoreOf(result!, Object.keys(published), known)!.toFixed(1)).toBe('80.5');
});

describe('cells.csv', () => {
  test('has a row for every planned cell, seed by seed, the times in the last columns', () => {
    const some = [records[0]!, records[1]!, failure(cellOf('full', 1), 'killed, sadly\nat line 3')];
    const ids = plan.cells.map(({ id }) => id);
    expect(cellsCsv(plan, some, metrics)).toBe(
      lines(
        'dimension,arm,seed,status,id,steps,flops,flops_to_loss,loss,growth_1_before,growth_1_after,effective_ffn,effective_hidden,topic.accuracy,topic.macro_f1,span.exact_match,score,warnings,error,seconds,seconds_to_loss,seconds_compile,seconds_evaluate,seconds_finetune',
        `baseline,full,0,done,${ids[0]!},10,4899840,,5.5000,,,15.0,8.0,0.6100,0.5000,0.1000,35.50,,,10.00,,1.00,2.00,3.00`,
        `depth,stack,0,done,${ids[1]!},10,4015104,,5.6125,6.0000,6.2500,12.5,6.0,0.6000,0.5000,0.1500,37.50,,,8.00,,1.00,2.00,3.00`,
        `baseline,full,1,failed,${ids[2]!},,,,,,,,,,,,,,"killed, sadly",,,,,`,
        `depth,stack,1,pending,${ids[3]!},,,,,,,,,,,,,,,,,,,`,
      ),
    );
  });

  test('says how often the continuation was told where an arm learns to tell it, and only there', () => {
    const [full, stack] = plan.arms;
    const paired = {
      ...full!.arm,
      settings: { ...full!.arm.settings, data: { ...full!.arm.settings.data, pairs: 'nsp' as const } },
    };
    const mixed = planSweep({ ...plan.comparison, seeds: [0], arms: [paired, stack!.arm] });
    const told = recordOf(mixed.cells[0]!, { nsp: { accuracy: 0.875 } });
    const rows = cellsCsv(mixed, [told, recordOf(mixed.cells[1]!, {})], metrics)
      .trimEnd()
      .split('\n');
    const column = rows[0]!.split(',').indexOf('nsp_accuracy');
    expect(rows[0]!.split(',')[column - 1]).toBe('loss');
    expect(rows.slice(1).map((row) => row.split(',')[column])).toEqual(['0.8750', '']);
    expect(cellsCsv(plan, records, metrics)).not.toContain('nsp_accuracy');
  });

  test('differs between two runs of the same cells in the last five columns only', () => {
    const slower = records.map((record) => ({ ...record, result: { ...record.result!, seconds: seconds(99) } }));
    const withoutTimes = (text: string) => text.split('\n').map((line) => line.split(',').slice(0, -5).join());
    expect(cellsCsv(plan, slower, metrics)).not.toBe(cellsCsv(plan, records, metrics));
    expect(withoutTimes(cellsCsv(plan, slower, metrics))).toEqual(withoutTimes(cellsCsv(plan, records, metrics)));
  });

  test('has the spread over fine-tuning seeds, and the rate kept of several, where an arm has them', () => {
    const { arms } = plan.comparison;
    const tuned = arms.map((arm, index) => {
      const span = { seeds: index === 0 ? 1 : 3, rate: [1e-3, 0.00003] };
      return { ...arm, settings: { ...arm.settings, finetune: { ...arm.settings.finetune, overrides: { span } } } };
    });
    const several = planSweep({ ...plan.comparison, arms: tuned });
    const [first, second] = several.cells;
    const { topic, span } = scores(0.6, 0.15);
    const some = [
      recordOf(first!, { tasks: { topic: topic!, span: { ...span!, rate: 1e-3 } } }),
      recordOf(second!, {
        tasks: { topic: topic!, span: { ...span!, rate: 0.00003, spread: { exact_match: 0.0125 } } },
      }),
    ];
    const [header, full, stack, ...pending] = cellsCsv(several, some, metrics).trimEnd().split('\n');
    const from = header!.split(',').indexOf('topic.accuracy');
    const shown = (row: string) => row.split(',').slice(from, from + 5);
    expect(shown(header!)).toEqual([
      'topic.accuracy',
      'topic.macro_f1',
      'span.exact_match',
      'span.exact_match_sd',
      'span.rate',
    ]);
    expect(shown(full!)).toEqual(['0.6000', '0.5000', '0.1500', '', '0.001']);
    expect(shown(stack!)).toEqual(['0.6000', '0.5000', '0.1500', '0.0125', '0.00003']);
    expect(pending.map(shown)).toEqual([0, 1].map(() => ['', '', '', '', '']));
    // Neither is better, and a rate is no measurement.
    expect(metricNamed('span.exact_match_sd', metrics)).toMatchObject({ better: null, shown: false });
    expect(metricNamed('span.rate', metrics)).toBeNull();
  });

  test('does not depend on the order in which cells ended', () => {
    expect(cellsCsv(plan, records.toReversed(), metrics)).toBe(cellsCsv(plan, records, metrics));
  });
});

describe('results.meta.json', () => {
  const growbench = { version: '1.2.3', commit: null };
  const meta = (of = records) => JSON.parse(metaJson(plan, of, growbench)) as Record<string, unknown>;

  test('names engine, machine and corpus once when all cells share them', () => {
    const { engines, machines, corpora, taskVersions, question, comparison } = meta();
    expect(engines).toEqual([ENGINE]);
    expect(machines).toHaveLength(1);
    expect(corpora).toEqual([{ digest: 'abc', trainTokens: 1000, validationTokens: 100 }]);
    expect(taskVersions).toEqual([{ topic: 1, span: 1 }]);
    expect(question).toBe('Does stacking cost loss?');
    expect(comparison).toEqual(plan.comparison);
  });

  test('spans the times of all cells', () => {
    const later = recordOf(cellOf('stack', 1), {}, { finished: '2026-01-02T00:00:00.000Z' });
    const { started, finished } = meta([...records.slice(0, 3), later]);
    expect([started, finished]).toEqual(['2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z']);
  });
});

test('the three tables are written beside the records, and nothing else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'growbench-'));
  try {
    const rows = await writeTables(join(folder, 'depth'), plan, records, metrics, { version: '1.2.3', commit: null });
    expect(await readdir(join(folder, 'depth'))).toEqual(['cells.csv', 'results.csv', 'results.meta.json']);
    expect(await readFile(join(folder, 'depth', 'results.csv'), 'utf8')).toBe(resultsCsv(rows));
  } finally {
    await rm(folder, { recursive: true });
  }
});
