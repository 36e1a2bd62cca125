import { beforeAll, describe, expect, test } from 'vitest';
import { openEngine } from '../../src/engine/choose.ts';
import type { Engine, Feeds, HostTensors, Program } from '../../src/engine/engine.ts';
import { isHead, layout } from '../../src/growth/layout.ts';
import type { GrowthPolicy } from '../../src/growth/policy.ts';
import { growthAfter, type Stage } from '../../src/growth/schedule.ts';
import { targetShape, type Settings } from '../../src/run/spec.ts';
import { flopsOfSteps, planStages, stageAfter } from '../../src/run/stages.ts';
import { firstMoment, secondMoment } from '../../src/train/adamw.ts';
import { freshParameter } from '../../src/train/init.ts';
import { grownState } from '../../src/train/moments.ts';
import { pretrain } from './whole-cell.ts';
import { pretrainingRate } from '../../src/train/rate.ts';
import { repetitiveCorpus, tinyCell, tinySettings } from './tiny.ts';

let real: Engine;
beforeAll(async () => {
  ({ engine: real } = await openEngine('wasm'));
});

/** A training step that was run. */
interface Call {
  readonly name: string;
  readonly feeds: Feeds;
}

/** What the programs of a run were given and did. */
interface Watched {
  /** The state that every stage's program started with. */
  readonly starts: HostTensors[];
  readonly ends: HostTensors[];
  readonly calls: Call[][];
  /** States after the steps that `keep` names, by stage and step of the stage. */
  readonly states: Map<string, HostTensors>;
}

function watching(keep: readonly string[]): { readonly engine: Engine; readonly watched: Watched } {
  const watched: Watched = { starts: [], ends: [], calls: [], states: new Map() };
  const compile: Engine['compile'] = async (functions, state) => {
    const program: Program = await real.compile(functions, state);
    const stage = watched.starts.push(state) - 1;
    const calls: Call[] = [];
    watched.calls.push(calls);
    const run: Program['run'] = async (name, feeds) => {
      const outputs = await program.run(name, feeds);
      if (name.startsWith('evaluate')) return outputs;
      calls.push({ name, feeds });
      const at = `${stage}/${calls.length}`;
      if (keep.includes(at)) watched.states.set(at, await program.read());
      return outputs;
    };
    const read = async () => {
      const end = await program.read();
      watched.ends.push(end);
      return end;
    };
    const dispose = () => {
      program.dispose();
    };
    return { run, read, dispose };
  };
  return { engine: { ...real, compile }, watched };
}

async function train(settings: Settings, keep: readonly string[] = []) {
  const { engine, watched } = watching(keep);
  const cell = tinyCell(settings);
  const signal = new AbortController().signal;
  const result = await pretrain({ engine, cell, corpus: repetitiveCorpus, onEvent: () => undefined, signal });
  return { result, watched };
}

const depth = { operator: 'stack', settings: { layers: 1 } };
const width = { operator: 'ffn-share', settings: { factor: 2 } };

/** Half of the steps in a small model, then the target. */
const grown = (reductions: Stage['reductions'], first: Partial<Stage> = {}, last: Partial<Stage> = {}): Settings => ({
  ...tinySettings(),
  schedule: [
    { share: 0.5, reductions, ...first },
    { share: 0.5, reductions: {}, ...last },
  ],
});

/** The number of the update that a step's optimizer feed is for: its last entry is 1 / (1 - 0.999^update). */
const updateOf = (feeds: Feeds, name = 'optimizer') => Math.round(Math.log(1 - 1 / feeds[name]![2]!) / Math.log(0.999));
const values = (state: HostTensors, name: string) => state.get(name)!.values;

describe("Adam's moments at a growth", () => {
  const run = (growth: Partial<GrowthPolicy>, own: Partial<GrowthPolicy> | undefined) =>
    train({
      ...grown({ depth, width }, {}, own === undefined ? {} : { growth: own }),
      growth: { ...tinySettings().growth, ...growth },
      train: { ...tinySettings().train, steps: 12 },
    });
  const moments = (state: HostTensors) => [...state].filter(([name]) => name.startsWith('adam/'));

  test.each([
    ['by the policy of the run', { optimizer: 'reset' }, undefined],
    ['by that of the stage', { optimizer: 'carry' }, { optimizer: 'reset' }],
  ] as const)('are 0 after a reset %s, and updates are counted anew', async (_, growth, own) => {
    const { watched } = await run(growth, own);
    const start = moments(watched.starts[1]!);
    expect(start.length).toBeGreaterThan(50);
    expect(start.every(([, tensor]) => tensor.values.every((value) => value === 0))).toBe(true);
    expect(watched.calls.map((calls) => calls.map(({ feeds }) => updateOf(feeds)))).toEqual([
      [1, 2, 3, 4, 5, 6],
      [1, 2, 3, 4, 5, 6],
    ]);
  });

  test.each([
    ['by the policy of the run', { optimizer: 'carry' }, undefined],
    ['by that of the stage', { optimizer: 'reset' }, { optimizer: 'carry' }],
  ] as const)('are those of the small model, carried over %s, and updates are counted on', async (_, growth, own) => {
    const { watched } = await run(growth, own);
    const settings = grown({ depth, width });
    const recipe = growthAfter(targetShape(settings), settings.schedule, 0);
    const fresh = freshParameter(settings.model.init, 1);
    const { shape } = planStages(settings)[0]!;
    expect(watched.starts[1]).toEqual(grownState(recipe, shape, watched.ends[0]!, 'carry', fresh));
    const first = moments(watched.starts[1]!).filter(([, tensor]) => tensor.values.some((value) => value !== 0));
    expect(first.length).toBeGreaterThan(50);
    expect(watched.calls[1]!.map(({ feeds }) => updateOf(feeds))).toEqual([7, 8, 9, 10, 11, 12]);
  });
});

test('every step is fed the rate of its policy', async () => {
  const settings: Settings = { ...grown({ depth }), growth: { optimizer: 'carry', rate: 'rewarm' } };
  const { watched } = await train(settings);
  const stages = planStages(settings);
  const rates = watched.calls.flat().map(({ feeds }) => feeds['optimizer']![1]! / settings.train.decay);
  const want = rates.map((_, step) => pretrainingRate(settings, stages[step < 20 ? 0 : 1]!, step));
  expect(rates).toHaveLength(40);
  for (const [step, rate] of rates.entries()) expect(rate).toBeCloseTo(want[step]!, 8);
  // The climb after the growth: a tenth of the stage's 20 steps.
  expect(want[20]).toBeCloseTo(want[21]! / 2, 12);
});

describe('a stage that freezes what it has copied for half of its steps', () => {
  const settings: Settings = {
    ...grown({ depth }, {}, { freeze: 0.5 }),
    train: { ...tinySettings().train, decay: 0, clip: 1e9 },
    model: { ...tinySettings().model, dropout: 0 },
  };
  const target = targetShape(settings);
  const isNew = (name: string) => layout(target).some((one) => one.name === name && (one.layer === 1 || isHead(one)));
  const names = layout(target).map(({ name }) => name);
  const entries = (name: string) => [name, firstMoment(name), secondMoment(name)];

  test('leaves that and its moments as they are, to the bit, and trains it afterwards', async () => {
    const { watched, result } = await train(settings, ['1/10']);
    const [start, frozen, end] = [watched.starts[1]!, watched.states.get('1/10')!, watched.ends.at(-1)!];
    expect(watched.calls[1]!.map(({ name }) => name)).toEqual([
      ...Array.from({ length: 10 }, () => 'train-new'),
      ...Array.from({ length: 10 }, () => 'train'),
    ]);
    const moved = (before: HostTensors, after: HostTensors, all: readonly string[]) =>
      all.filter((name) => values(before, name).some((value, index) => value !== values(after, name)[index]));
    expect(moved(start, frozen, names.flatMap(entries))).toEqual(names.filter(isNew).flatMap(entries));
    expect(moved(frozen, end, names)).toEqual(names);
    expect(result.flops).toBe(planStages(settings).reduce((sum, { flops }) => sum + flops, 0));
    expect(result.flops).toBeLessThan(planStages(grown({ depth })).reduce((sum, { flops }) => sum + flops, 0));
  });

  test('updates what is new just as a step that trains all does', async () => {
    const thawed = { ...settings, schedule: grown({ depth }).schedule };
    const one = (await train(settings, ['1/1'])).watched.states.get('1/1')!;
    const other = (await train(thawed, ['1/1'])).watched.states.get('1/1')!;
    for (const name of names.filter(isNew).flatMap(entries)) expect(values(one, name)).toEqual(values(other, name));
    expect(values(one, 'embedding/tokens')).not.toEqual(values(other, 'embedding/tokens'));
  });

  test('corrects the bias of both parts by the updates that each has seen, as PyTorch does', async () => {
    const { watched } = await train(settings, ['1/10', '1/11']);
    const calls = watched.calls[1]!;
    expect(calls.map(({ feeds }) => updateOf(feeds, 'optimizer_of_new'))).toEqual(
      Array.from({ length: 20 }, (_, own) => own + 1),
    );
    expect(calls.slice(10).map(({ feeds }) => updateOf(feeds))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    // A first update of Adam's moves every number by the rate, whatever its gradient (Kingma & Ba 2015, section 2.1).
    const [before, after] = ['1/10', '1/11'].map((at) => values(watched.states.get(at)!, 'layer_0/query/kernel'));
    const rate = pretrainingRate(settings, planStages(settings)[1]!, 30);
    const moves = before!.map((value, index) => Math.abs(after![index]! - value) / rate).toSorted();
    expect(moves[Math.floor(moves.length / 2)]).toBeCloseTo(1, 2);
  });
});

test('after a freeze, carried moments count as those do that have seen the fewest updates', async () => {
  const tiny = tinySettings();
  const schedule: Stage[] = [
    { share: 0.25, reductions: { depth, width } },
    { share: 0.5, reductions: { width }, freeze: 0.25 },
    { share: 0.25, reductions: {} },
  ];
  const growth = { optimizer: 'carry', rate: 'continue' } as const;
  const { watched } = await train({ ...tiny, schedule, growth, train: { ...tiny.train, steps: 16 } });
  expect(watched.calls[1]!.map(({ feeds }) => updateOf(feeds, 'optimizer_of_new'))).toEqual([
    5, 6, 7, 8, 9, 10, 11, 12,
  ]);
  expect(watched.calls[2]!.map(({ feeds }) => updateOf(feeds))).toEqual([11, 12, 13, 14]);
});

describe('a stage that may be left once its loss flattens', () => {
  const often = (settings: Settings): Settings => ({ ...settings, train: { ...settings.train, evaluate: 5 } });
  const until = (slope: number): Settings => often(grown({ depth }, { until: { slope, window: 1 } }));

  test('is left at the first evaluation that shows it; what is left over goes to the last stage', async () => {
    const settings = until(100);
    const { result, watched } = await train(settings);
    expect(result.stages.map(({ steps }) => steps)).toEqual([10, 30]);
    expect(result.steps).toBe(40);
    expect(result.growths[0]).toMatchObject({ afterStage: 0, step: 10 });
    expect(result.curve.map(({ step }) => step)).toEqual([5, 10, 15, 20, 25, 30, 35, 40]);
    const stages = planStages(settings);
    const spent = [
      flopsOfSteps(settings, stages[0]!, 10),
      flopsOfSteps(settings, stageAfter(settings, stages, 1, 10), 30),
    ];
    expect(result.stages.map(({ flops }) => flops)).toEqual(spent);
    expect(result.flops).toBe(spent[0]! + spent[1]!);
    expect(result.flops).toBeGreaterThan(stages.reduce((sum, { flops }) => sum + flops, 0));
    // The small model's warm-up is that of the 20 steps it might have had, the target's that of the 30 it has.
    const rates = watched.calls.flat().map(({ feeds }) => feeds['optimizer']![1]! / settings.train.decay);
    expect(rates.map((rate) => rate / 0.01)[9]).toBeCloseTo(11 / 18, 6);
    expect(rates.map((rate) => rate / 0.01)[10]).toBeCloseTo(1 / 3, 6);
    expect(rates.map((rate) => rate / 0.01)[39]).toBeCloseTo(1 / 27, 6);
  });

  test('has its full share where the loss goes on falling, and the same numbers as without the rule', async () => {
    const always = (await train(often(grown({ depth })))).result;
    const never = (await train(until(1e-9))).result;
    const losses = always.curve.slice(0, 4).map(({ loss }) => loss);
    expect(losses).toEqual(losses.toSorted((a, b) => b - a));
    expect(never.stages.map(({ steps }) => steps)).toEqual([20, 20]);
    expect([never.loss, never.state]).toEqual([always.loss, always.state]);
  });
});
