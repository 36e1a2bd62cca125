import { describe, expect, test } from 'vitest';
import { planStages, planSweep } from '../../src/run/plan.ts';
import { cellsOf, targetShape, type Arm } from '../../src/run/spec.ts';
import { loadSweep, type LoadedSweep } from '../../src/sweep/load.ts';
import { loadText } from './folder.ts';

const BASE = `base:
  model: { layers: 4, hidden: 64, heads: 4 }
  train: { steps: 1000, rate: 1e-3 }
`;

function armOf({ arms }: LoadedSweep, name: string): Arm {
  const arm = arms.find((candidate) => candidate.name === name);
  if (arm === undefined) throw new Error(`no arm ${name}`);
  return arm;
}

const flopsOf = ({ settings }: Arm) => planStages(settings).reduce((sum, { flops }) => sum + flops, 0);

describe('a sweep that lists its arms', () => {
  const text = `# yaml-language-server: $schema=sweep.json

# Which way of growing
# costs the least?
#
# More about it.
seeds: [3, 1, 4]
vary: [schedule, train.rate]
engine: wasm
${BASE}arms:
  plain:
  stack: { schedule: [{ steps: 70%, depth: { stack: 2 } }, { steps: 30% }] }
  compound:
    schedule:
      - { steps: 40%, depth: { stack: { layers: 1 } }, width: { ffn-share: 4 }, length: { truncate: 64 } }
      - { steps: 30%, depth: { stack: 2 } }
      - { steps: 30% }
  fast: { train: { rate: 5e-3 } }
`;

  test('keeps the order of its arms and seeds, and names itself for its file', async () => {
    const comparison = await loadText(text);
    expect(comparison.arms.map(({ name, group }) => [name, group])).toEqual([
      ['plain', 'baseline'],
      ['stack', 'depth'],
      ['compound', 'compound'],
      ['fast', 'other'],
    ]);
    expect(comparison).toMatchObject({
      name: 'sweep',
      seeds: [3, 1, 4],
      vary: ['schedule', 'train.rate'],
      engine: { name: 'wasm', xla: 'auto' },
    });
  });

  test('has its first paragraph of comments as its question', async () => {
    expect((await loadText(text)).question).toBe('Which way of growing costs the least?');
    expect((await loadText(`${BASE}arms: { full: {} }\n# Not the first thing.\n`)).question).toBe('');
  });

  test('reads short and long forms of a size alike', async () => {
    const [first, second, last] = armOf(await loadText(text), 'compound').settings.schedule;
    expect(first).toEqual({
      share: 0.4,
      reductions: {
        depth: { operator: 'stack', settings: { layers: 1 } },
        width: { operator: 'ffn-share', settings: { factor: 4, noise: 0 } },
        length: { operator: 'truncate', settings: { length: 64 } },
      },
    });
    expect(second?.reductions).toEqual({ depth: { operator: 'stack', settings: { layers: 2 } } });
    expect(last).toEqual({ share: 0.3, reductions: {} });
  });

  test("fills in BERT's own values, and what follows from the sizes given", async () => {
    const { settings } = armOf(await loadText(text), 'plain');
    expect(settings).toEqual({
      model: {
        layers: 4,
        hidden: 64,
        heads: 4,
        ffn: 256,
        positions: 128,
        norm: 'post',
        init: { std: 0.02, positions: 'random' },
        dropout: 0.1,
      },
      data: { corpus: ['wordnet', 'sotu'], vocab: 4000, length: 128, mask: 0.15 },
      train: {
        steps: 1000,
        batch: 32,
        rate: 0.001,
        warmup: 100,
        decay: 0.01,
        clip: 1,
        precision: 'fp32',
        evaluate: 100,
      },
      growth: { optimizer: 'reset', rate: 'restart' },
      finetune: { tasks: [], examples: null, epochs: 3, batch: 32, rate: 3e-4, length: 128, warmup: 0.1 },
      schedule: [{ share: 1, reductions: {} }],
    });
  });

  test('an arm changes the settings it names and no other', async () => {
    const comparison = await loadText(text);
    const { train, ...rest } = armOf(comparison, 'plain').settings;
    expect(armOf(comparison, 'fast').settings).toEqual({ ...rest, train: { ...train, rate: 5e-3 } });
  });

  test('pairs that there are none of are not a setting, and those that there are leave a word to guess from', async () => {
    const sweep = (full: string) =>
      `${BASE}arms: { full: { data: ${full} }, pairs: { data: { pairs: nsp, length: 8 } } }\nvary: [data]\n`;
    const comparison = await loadText(sweep('{ pairs: none }'));
    const packed = armOf(comparison, 'full').settings;
    expect('pairs' in packed.data).toBe(false);
    expect(targetShape(packed).nextSentence).toBeUndefined();
    expect(targetShape(armOf(comparison, 'pairs').settings).nextSentence).toBe(true);
    // Of 8 tokens 3 are special in a pair: 4 masks leave one word, 5 none.
    await loadText(sweep('{}').replace('length: 8', 'length: 8, mask: 0.5'));
    await expect(loadText(sweep('{}').replace('length: 8', 'length: 8, mask: 0.6'))).rejects.toThrow(/leave a word/);
  });

  test('a count of seeds counts from 0; three is the default', async () => {
    expect((await loadText(`seeds: 2\n${BASE}arms: { full: {} }`)).seeds).toEqual([0, 1]);
    expect((await loadText(`${BASE}arms: { full: {} }`)).seeds).toEqual([0, 1, 2]);
  });

  test('an alias stands for what it names', async () => {
    const sweep = `${BASE}arms:
  full: {}
  a: { schedule: &late [{ steps: 70%, depth: { stack: 2 } }, { steps: 30% }] }
  b: { schedule: *late, growth: { rate: continue } }
vary: [schedule, growth]
`;
    const comparison = await loadText(sweep);
    expect(armOf(comparison, 'b').settings.schedule).toEqual(armOf(comparison, 'a').settings.schedule);
  });
});

describe('a budget in FLOPs', () => {
  const text = `base:
  model: { layers: 4, hidden: 64, heads: 4 }
  train: { flops: 1e13, rate: 1e-3, warmup: 10% }
arms:
  full: {}
  stack: { schedule: [{ steps: 70%, depth: { stack: 1 } }, { steps: 30% }] }
`;

  test('buys every arm the steps that its schedule gets for them', async () => {
    const { arms } = await loadText(text);
    for (const arm of arms) expect(Math.abs(flopsOf(arm) / 1e13 - 1)).toBeLessThan(0.01);
    expect(arms[1]!.settings.train.steps).toBeGreaterThan(arms[0]!.settings.train.steps);
    for (const { settings } of arms) expect(settings.train.warmup).toBe(Math.round(settings.train.steps / 10));
  });

  test('of an arm replaces the steps of base: both are one setting to vary', async () => {
    const { arms } = await loadText(
      `vary: [train.steps]\n${BASE}arms: { full: {}, rich: { train: { flops: 1e14 } } }\n`,
    );
    expect(arms[0]!.settings.train.steps).toBe(1000);
    expect(Math.abs(flopsOf(arms[1]!) / 1e14 - 1)).toBeLessThan(0.01);
    expect(Object.keys(arms[1]!.settings.train)).not.toContain('flops');
  });

  test('replaces steps, and is replaced by them', async () => {
    const steps = (await loadText(text, ['train.steps=50'])).arms.map(({ settings }) => settings.train.steps);
    expect(steps).toEqual([50, 50]);
  });
});

describe('compare', () => {
  const compare = (rest: string) => `${BASE}compare:\n  steps: 60%\n${rest}`;
  const all = compare(`  depth: [stack: 1]
  width: [ffn-share: 4]
  length: [mean-pool: 2, truncate: 64]
  compound: [stack, ffn-share, mean-pool: 4]
  controls: [never-grown, equal-flops]
`);

  test('makes the baseline, an arm for each operator, the compound arm and the controls', async () => {
    expect((await loadText(all)).arms.map(({ name, group }) => [name, group])).toEqual([
      ['full', 'baseline'],
      ['stack', 'depth'],
      ['ffn-share', 'width'],
      ['mean-pool', 'length'],
      ['truncate', 'length'],
      ['compound', 'compound'],
      ['never-grown', 'control'],
      ['equal-flops', 'control'],
    ]);
  });

  test('spends the given share in the small model', async () => {
    const { schedule } = armOf(await loadText(all), 'stack').settings;
    expect(schedule.map(({ share }) => share)).toEqual([0.6, 0.4]);
    expect(schedule.map(({ reductions }) => Object.keys(reductions))).toEqual([['depth'], []]);
  });

  test('compound takes sizes from the lists, or its own', async () => {
    const [small] = armOf(await loadText(all), 'compound').settings.schedule;
    expect(small?.reductions.depth?.settings).toEqual({ layers: 1 });
    expect(small?.reductions.length?.settings).toEqual({ window: 4 });
  });

  test('never-grown trains the small model of the compound arm to the end', async () => {
    const comparison = await loadText(all);
    const control = planStages(armOf(comparison, 'never-grown').settings);
    const [small] = planStages(armOf(comparison, 'compound').settings);
    expect(control.map(({ shape, steps }) => [shape, steps])).toEqual([[small!.shape, 1000]]);
  });

  test("equal-flops trains the target for the compound arm's FLOPs, to the nearest step", async () => {
    const comparison = await loadText(all);
    const control = armOf(comparison, 'equal-flops');
    const { steps, warmup } = control.settings.train;
    const difference = Math.abs(flopsOf(control) - flopsOf(armOf(comparison, 'compound')));
    expect(difference).toBeLessThanOrEqual(flopsOf(control) / steps / 2);
    expect(warmup).toBe(Math.round(steps / 10));
    expect(planStages(control.settings).map(({ shape }) => shape)).toEqual(
      planStages(armOf(comparison, 'full').settings).map(({ shape }) => shape),
    );
  });

  test('equal-flops scales a warm-up given in steps', async () => {
    const comparison = await loadText(all, ['train.warmup=200']);
    const { steps, warmup } = armOf(comparison, 'equal-flops').settings.train;
    expect(warmup / steps).toBeCloseTo(0.2, 2);
  });

  test('names an operator that is listed twice by its size, and gives each its own controls', async () => {
    const { arms } = await loadText(compare('  depth: [stack: 1, stack: 2]\n  controls: [never-grown]\n'));
    expect(arms.map(({ name }) => name)).toEqual([
      'full',
      'stack-1',
      'stack-2',
      'never-grown-stack-1',
      'never-grown-stack-2',
    ]);
  });

  test('follows the arms of `arms`, whose first is then the baseline', async () => {
    const { arms } = await loadText(`arms: { plain: {} }\n${compare('  depth: [stack: 1]\n')}`);
    expect(arms.map(({ name, group }) => [name, group])).toEqual([
      ['plain', 'baseline'],
      ['stack', 'depth'],
    ]);
  });
});

describe('--set', () => {
  const text = `${BASE}arms: { full: {}, slow: { train: { rate: 1e-4 } } }\nvary: [train.rate]\n`;
  const failing = (set: string) => expect(loadText(text, [set])).rejects;

  test('sets base, typed as YAML types it; the last one counts', async () => {
    const set = [
      'train.steps=7',
      'train.steps=40',
      'data.corpus=[sotu]',
      'seeds=2',
      'model.init.std=1e-1',
      'train.warmup=25%',
    ];
    const { arms, seeds } = await loadText(text, set);
    expect(seeds).toEqual([0, 1]);
    for (const { settings } of arms) {
      expect(settings).toMatchObject({
        train: { steps: 40, warmup: 10 },
        data: { corpus: ['sotu'] },
        model: { init: { std: 0.1, positions: 'random' } },
      });
    }
  });

  test('is checked, and named in the message', async () => {
    await failing('train.stps=100').toThrow(
      /^--set train\.stps=100: train\.stps is not a setting\n {2}Did you mean "train\.steps"/,
    );
    await failing('train.steps=many').toThrow(
      /^--set train\.steps=many: base\.train\.steps must be a whole number, got the text/,
    );
    await failing('model.heads=5').toThrow(/^--set model\.heads=5: heads must divide hidden/);
    await failing('train.steps').toThrow(/must be a setting, "=" and a value/);
    await failing('train.steps=[').toThrow(/must be given a value in YAML/);
    await failing('train.steps=').toThrow(/must be given a value in YAML/);
    await failing('train={steps: 5}').toThrow(/train is not a setting/);
  });

  test('may not set what an arm sets itself', async () => {
    await failing('train.rate=1').toThrow('train.rate must not be set below base, but is by arm "slow"');
  });

  test('names the option that counts where two set the same', async () => {
    await expect(loadText(text, ['model.heads=4', 'model.heads=5'])).rejects.toThrow(
      /^--set model\.heads=5: heads must/,
    );
  });

  test('tells every mistake at once, those of the file as well', async () => {
    const message = loadText(text.replace('steps: 1000', 'steps: -1'), ['seeds=-1', 'engine=rocm']).catch(
      (error: unknown) => (error as Error).message,
    );
    expect(await message).toMatch(/--set seeds=-1: [^]*--set engine=rocm: [^]*sweep\.yaml:3:19: base\.train\.steps/);
  });
});

describe('engine', () => {
  const engineOf = async (line: string, set: string[] = []) =>
    (await loadText(`${line}${BASE}arms: { full: {} }\n`, set)).engine;

  test('is a name, a mapping, or left to what there is', async () => {
    expect(await engineOf('')).toEqual({ name: 'auto', xla: 'auto' });
    expect(await engineOf('engine: cuda\n')).toEqual({ name: 'cuda', xla: 'auto' });
    expect(await engineOf('engine: { xla: on }\n')).toEqual({ name: 'auto', xla: 'on' });
    expect(await engineOf('engine: { name: tensorflow, xla: off }\n')).toEqual({ name: 'tensorflow', xla: 'off' });
  });

  test('can be set, as a whole and in part', async () => {
    expect(await engineOf('engine: { name: tensorflow, xla: on }\n', ['engine=wasm'])).toMatchObject({ name: 'wasm' });
    expect(await engineOf('engine: { xla: on }\n', ['engine.name=cuda'])).toEqual({ name: 'cuda', xla: 'on' });
  });
});

test('arms may differ in their precision', async () => {
  const vary = 'vary: [train.precision]\n';
  const { arms } = await loadText(`${vary}${BASE}arms: { full: {}, rounded: { train: { precision: bf16 } } }\n`);
  expect(arms.map(({ settings }) => settings.train.precision)).toEqual(['fp32', 'bf16']);
});

describe('data.corpus', () => {
  const text = `${BASE}  data: { corpus: [notes.txt, sotu] }\narms: { full: {} }\n`;

  test('takes paths relative to the sweep file', async () => {
    const { arms } = await loadText(text, [], { 'notes.txt': 'A sentence.\n' });
    expect(arms[0]!.settings.data.corpus[0]).toMatch(/^\/.*growbench-.*\/notes\.txt$/);
    expect(arms[0]!.settings.data.corpus[1]).toBe('sotu');
  });
});

describe('experiments/quickstart.yaml', () => {
  test('is a controlled comparison of every dimension with both controls', async () => {
    const comparison = await loadSweep('experiments/quickstart.yaml');
    expect(new Set(comparison.arms.map(({ group }) => group))).toEqual(
      new Set(['baseline', 'depth', 'width', 'length', 'compound', 'control']),
    );
    expect(comparison.name).toBe('quickstart');
    expect(comparison.question).toMatch(/\?$/);
    expect(comparison.seeds.length).toBeGreaterThanOrEqual(2);
    expect(new Set(cellsOf({ ...comparison, engine: { name: 'wasm', xla: 'off' } }).map(({ id }) => id)).size).toBe(
      comparison.arms.length * comparison.seeds.length,
    );
  });

  test('every arm that grows costs less than the target from the first step', async () => {
    const { arms } = planSweep({
      ...(await loadSweep('experiments/quickstart.yaml')),
      engine: { name: 'wasm', xla: 'off' },
    });
    for (const { group, speedupFlops } of arms.slice(1)) {
      expect(speedupFlops, group).toBeGreaterThan(0);
    }
  });
});

describe('a comparison at equal cost', () => {
  const text = (more: string) => `${BASE}compare:
  cost: 40%
  tolerance: 10%
  steps: 70%
  depth: [stack]
  length: [truncate]
${more}`;
  const small = (arm: Arm) => planStages(arm.settings)[0]!;

  test('makes every small model cost its share of the target, give or take the tolerance', async () => {
    const { arms } = await loadText(text('  compound: [stack, ffn-share]\n'));
    expect(arms.map(({ name }) => name)).toEqual(['full', 'stack', 'truncate', 'compound']);
    for (const arm of arms.slice(1)) expect(Math.abs(small(arm).cost - 0.4)).toBeLessThanOrEqual(0.1);
    expect(
      Object.keys(
        armOf(await loadText(text('  compound: [stack, ffn-share]\n')), 'compound').settings.schedule[0]!.reductions,
      ),
    ).toEqual(['depth', 'width']);
  });

  test('keeps a size that is given, whatever it costs', async () => {
    const { arms } = await loadText(text('  width: [ffn-share: 2]\n'));
    const arm = arms.find(({ name }) => name === 'ffn-share')!;
    expect(small(arm).shape.ffn).toBe(128);
    expect(small(arm).cost).toBeGreaterThan(0.5);
  });

  test('hands the solved sizes to the controls', async () => {
    const loaded = await loadText(text('  compound: [stack, ffn-share]\n  controls: [never-grown]\n'));
    expect(small(armOf(loaded, 'never-grown')).shape).toEqual(small(armOf(loaded, 'compound')).shape);
  });
});
