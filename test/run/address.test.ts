import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Schedule } from '../../src/growth/schedule.ts';
import { graphOf } from '../../src/run/graph.ts';
import { canonical, cellId, type Cell, type Settings } from '../../src/run/spec.ts';
import { tinySettings } from './cells.ts';

const schedule = (operator = 'stack', share = 0.6): Schedule => [
  { share, reductions: { depth: { operator, settings: { layers: 2 } } } },
  { share: 1 - share, reductions: {} },
];
const base: Settings = {
  ...tinySettings,
  model: { ...tinySettings.model, layers: 4 },
  train: { ...tinySettings.train, steps: 20 },
  finetune: { ...tinySettings.finetune, tasks: ['wordnet-topic', 'wordnet-sense'] },
  schedule: schedule(),
};

const cellOf = (settings: Settings, more: Partial<Cell> = {}): Cell => {
  const { seed = 0, engine = { name: 'wasm', xla: 'off' } as const, arm = 'arm' } = more;
  return { id: cellId({ settings, seed, engine, contents: {} }), arm, seed, engine, settings };
};

type Part = 'stage 0' | 'stage 1' | 'wordnet-topic' | 'wordnet-sense' | 'evaluation';

/** The addresses of a cell's nodes, by what they are. */
function addresses(cell: Cell, contents = {}): Partial<Record<Part, string>> {
  const { nodes } = graphOf([cell], contents);
  return Object.fromEntries(
    [...nodes.values()].map(({ node }) => {
      const name = node.kind === 'stage' ? `stage ${node.index}` : node.kind === 'finetuning' ? node.task : node.kind;
      return [name, node.address];
    }),
  );
}

/** The nodes whose address a change moves. */
function moved(settings: Settings, more: Partial<Cell> = {}, contents = {}): Part[] {
  const [before, after] = [addresses(cellOf(base)), addresses(cellOf(settings, more), contents)];
  return (Object.keys(before) as Part[]).filter((part) => before[part] !== after[part]);
}

const ALL: Part[] = ['stage 0', 'stage 1', 'wordnet-topic', 'wordnet-sense'];
const AFTER_GROWTH = ALL.slice(1);

describe('the address of a node', () => {
  test.each<[string, Partial<Settings>, Part[]]>([
    ['model.init.std', { model: { ...base.model, init: { ...base.model.init, std: 0.03 } } }, ALL],
    ['model.init.positions', { model: { ...base.model, init: { ...base.model.init, positions: 'sinusoidal' } } }, ALL],
    ['model.dropout', { model: { ...base.model, dropout: 0.1 } }, ALL],
    ['model.hidden', { model: { ...base.model, hidden: 16 } }, ALL],
    ['model.heads', { model: { ...base.model, heads: 4 } }, ALL],
    ['model.ffn', { model: { ...base.model, ffn: 32 } }, ALL],
    ['model.positions', { model: { ...base.model, positions: 32 } }, ALL],
    ['model.norm', { model: { ...base.model, norm: 'pre' } }, ALL],
    ['model.layers, the small model being the same', { model: { ...base.model, layers: 6 } }, AFTER_GROWTH],
    ['data.corpus', { data: { ...base.data, corpus: ['sotu'] } }, ALL],
    ['data.vocab', { data: { ...base.data, vocab: 600 } }, ALL],
    ['data.length', { data: { ...base.data, length: 12 } }, ALL],
    ['data.mask', { data: { ...base.data, mask: 0.5 } }, ALL],
    ['train.steps', { train: { ...base.train, steps: 40 } }, ALL],
    ['train.batch', { train: { ...base.train, batch: 4 } }, ALL],
    ['train.rate', { train: { ...base.train, rate: 2e-3 } }, ALL],
    ['train.warmup', { train: { ...base.train, warmup: 10 } }, ALL],
    ['train.decay', { train: { ...base.train, decay: 0.1 } }, ALL],
    ['train.clip', { train: { ...base.train, clip: 2 } }, ALL],
    ['train.precision', { train: { ...base.train, precision: 'bf16' } }, ALL],
    ['train.evaluate', { train: { ...base.train, evaluate: 10 } }, ALL],
    ['growth.optimizer', { growth: { ...base.growth, optimizer: 'carry' } }, AFTER_GROWTH],
    ['growth.rate', { growth: { ...base.growth, rate: 'continue' } }, ALL],
    ['the operator that grows', { schedule: schedule('interleave') }, AFTER_GROWTH],
    ['the share of the first stage', { schedule: schedule('stack', 0.5) }, ALL],
    ['the tasks, one of them dropped', { finetune: { ...base.finetune, tasks: ['wordnet-topic'] } }, ['wordnet-sense']],
    ['the order of the tasks', { finetune: { ...base.finetune, tasks: ['wordnet-sense', 'wordnet-topic'] } }, []],
    ['finetune.epochs', { finetune: { ...base.finetune, epochs: 2 } }, ['wordnet-topic', 'wordnet-sense']],
    [
      'the protocol of one task',
      { finetune: { ...base.finetune, overrides: { 'wordnet-sense': { rate: 1e-4 } } } },
      ['wordnet-sense'],
    ],
  ])('%s moves what depends on it, and nothing else', (_, change, parts) => {
    expect(moved({ ...base, ...change })).toEqual(parts);
  });

  test('depends on the seed, the engine and what the corpus holds, not on its cell’s name', () => {
    expect(moved(base, { seed: 1 })).toEqual(ALL);
    expect(moved(base, { engine: { name: 'tensorflow', xla: 'off' } })).toEqual(ALL);
    expect(moved(base, { engine: { name: 'wasm', xla: 'on' } }), 'WebAssembly has no XLA').toEqual([]);
    expect(moved(base, {}, { wordnet: 'other text' })).toEqual(ALL);
    expect(moved(base, { arm: 'renamed' })).toEqual([]);
  });

  test('depends on what the checkpoint holds from which a cell starts, not on where it lies', () => {
    const from = (checkpoint: string, digest: string) => {
      const model = { ...base.model, init: { ...base.model.init, checkpoint } };
      return addresses(cellOf({ ...base, model }), { [checkpoint]: digest });
    };
    const before = from('/models/bert', 'one');
    expect(from('/elsewhere/bert', 'one')).toEqual(before);
    const other = from('/models/bert', 'other');
    expect(ALL.filter((part) => before[part] !== other[part])).toEqual(ALL);
    const drawn = addresses(cellOf(base));
    expect(ALL.filter((part) => before[part] !== drawn[part])).toEqual(ALL);
  });

  test('of a later stage is that of its whole past', () => {
    const late: Settings = { ...base, schedule: [...schedule().slice(0, 1), ...schedule('stack', 0.5)] };
    const [one, other] = [addresses(cellOf(base)), addresses(cellOf(late))];
    expect(one['stage 0']).toBe(other['stage 0']);
    expect(one['stage 1']).not.toBe(other['stage 1']);
  });

  test('after a stage that may end early covers what is decided only then', () => {
    const until = { slope: 0.01, window: 2 };
    const early = (growth: Settings['growth']): Settings => ({
      ...base,
      growth,
      schedule: [{ ...schedule()[0]!, until }, schedule()[1]!],
    });
    const warm = { ...base.growth, warmup: { share: 0.5 } };
    const [one, other] = [addresses(cellOf(early(base.growth))), addresses(cellOf(early(warm)))];
    expect(one['stage 0']).not.toBe(addresses(cellOf(base))['stage 0']);
    expect(one['stage 1']).not.toBe(other['stage 1']);
  });
});

describe('a final loss that the last stage does not measure', () => {
  const truncated = (length: number): Settings => ({
    ...base,
    data: { ...base.data, length },
    schedule: [{ share: 1, reductions: { length: { operator: 'truncate', settings: { length: 8 } } } }],
  });

  test('has a node of its own, and the target’s length moves nothing but that', () => {
    const [one, other] = [addresses(cellOf(truncated(16))), addresses(cellOf(truncated(12)))];
    expect(one.evaluation).toBeDefined();
    expect(one.evaluation).not.toBe(other.evaluation);
    expect(one['stage 0']).toBe(other['stage 0']);
    expect(addresses(cellOf(base)).evaluation).toBeUndefined();
  });
});

describe('a graph', () => {
  const operators = fc.constantFrom('stack', 'interleave', 'random', 'identity');
  const cells = fc.array(
    fc.record({ operator: operators, seed: fc.integer({ min: 0, max: 2 }), share: fc.constantFrom(0.5, 0.6) }),
    { minLength: 1, maxLength: 12 },
  );

  test('has every node once, parents first, and says which cells need it', () => {
    fc.assert(
      fc.property(cells, (wanted) => {
        const all = wanted.map(({ operator, seed, share }) =>
          cellOf({ ...base, schedule: schedule(operator, share) }, { seed }),
        );
        const { nodes, ofCell } = graphOf(all, {});
        const seen = new Set<string>();
        for (const [address, { node, cells: users, children }] of nodes) {
          expect(node.parent === null || seen.has(node.parent)).toBe(true);
          seen.add(address);
          for (const { id } of users) expect(ofCell.get(id)).toContain(address);
          for (const child of children) expect(nodes.get(child)!.node.parent).toBe(address);
        }
        expect(new Set([...ofCell.values()].flat())).toEqual(seen);
        // Cells with the same seed and share have their first stage in common.
        const firsts = new Set(wanted.map(({ seed, share }) => `${seed} ${share}`));
        expect([...nodes.values()].filter(({ node }) => node.parent === null)).toHaveLength(firsts.size);
      }),
      { numRuns: 50 },
    );
  });

  test('is the same whatever the order of a setting’s keys', () => {
    const turned = Object.fromEntries(Object.entries(base).reverse()) as unknown as Settings;
    expect(addresses(cellOf(turned))).toEqual(addresses(cellOf(base)));
  });
});

test('only plain data has a canonical form: a map’s would be that of an empty one', () => {
  expect(() => canonical({ recipe: new Map([['a', 1]]) })).toThrow('only plain data');
  expect(() => canonical(new Float32Array(2))).toThrow('only plain data');
});
