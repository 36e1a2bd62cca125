import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GrowthPolicy } from '../../src/growth/policy.ts';
import { TARGET_ONLY, type Schedule, type Stage } from '../../src/growth/schedule.ts';
import { graphOf, type GraphNode } from '../../src/run/graph.ts';
import type { StageNode } from '../../src/run/node.ts';
import { cellId, type Cell, type Settings, type Xla } from '../../src/run/spec.ts';
import { planStages } from '../../src/run/stages.ts';
import { tinySettings } from './cells.ts';

const small: Stage = { share: 1, reductions: { depth: { operator: 'stack', settings: { layers: 1 } } } };
const grownAfter = (share: number, operator = 'stack', more: Partial<Stage> = {}): Schedule => [
  { ...small, share, reductions: { depth: { operator, settings: { layers: 1 } } }, ...more },
  { share: 1 - share, reductions: {} },
];

const CONTINUE: GrowthPolicy = { optimizer: 'carry', rate: 'continue' };

function cellOf(
  schedule: Schedule,
  growth = CONTINUE,
  { xla = 'off', seed = 0, steps = 20 }: { xla?: Xla; seed?: number; steps?: number } = {},
): Cell {
  const settings: Settings = {
    ...tinySettings,
    train: { ...tinySettings.train, steps },
    ...{ growth, schedule },
  };
  const engine = { name: xla === 'auto' ? 'cuda' : 'wasm', xla } as const;
  return { id: cellId({ settings, seed, engine, contents: {} }), arm: 'arm', seed, engine, settings };
}

const stagesOf = (cells: readonly Cell[], finished: readonly Cell[] = []): (GraphNode & { node: StageNode })[] =>
  [...graphOf(cells, {}, { finished }).nodes.values()].flatMap((own) =>
    own.node.kind === 'stage' ? [{ ...own, node: own.node }] : [],
  );

const addressesOf = (cell: Cell) => stagesOf([cell]).map(({ node }) => node.address);

/** Whether a model that never grows goes on from where one that grows does so. */
function shares(grown: Cell, never: Cell): boolean {
  const [small] = addressesOf(grown);
  const [whole] = addressesOf(never);
  const heads = stagesOf([never, grown]).map(({ node }) => [node.address, node.head]);
  expect(new Map(heads as [string, string][]).get(small!)).toBeUndefined();
  return new Map(heads as [string, string][]).get(whole!) === small;
}

describe('a model that never grows', () => {
  const never = cellOf([small]);

  test.each<[string, Schedule]>([
    ['by stack', grownAfter(0.6)],
    ['by random', grownAfter(0.6, 'random')],
    ['with a frozen start after that', [grownAfter(0.6)[0]!, { ...grownAfter(0.6)[1]!, freeze: 0.5 }]],
  ])('goes on from where one that grows does so %s', (_, schedule) => {
    expect(shares(cellOf(schedule), never)).toBe(true);
  });

  test.each<[string, Cell, Cell]>([
    [
      'the rate decays over each stage',
      cellOf(grownAfter(0.6), { ...CONTINUE, rate: 'restart' }),
      cellOf([small], { ...CONTINUE, rate: 'restart' }),
    ],
    ['the stage may be left early', cellOf(grownAfter(0.6, 'stack', { until: { slope: 0.02, window: 2 } })), never],
    ['the seed is another', cellOf(grownAfter(0.6), CONTINUE, { seed: 1 }), never],
    [
      'a card compiles the longer one by XLA and not the shorter one',
      cellOf(grownAfter(0.6), CONTINUE, { xla: 'auto', steps: 12_000 }),
      cellOf([small], CONTINUE, { xla: 'auto', steps: 12_000 }),
    ],
    ['it is another model', cellOf(grownAfter(0.6)), cellOf(TARGET_ONLY)],
  ])('is trained from its beginning where %s', (_, grown, other) => {
    expect(shares(grown, other)).toBe(false);
  });
});

test('on a card that compiles both alike it goes on, too', () => {
  const alike = { xla: 'auto', steps: 20_000 } as const;
  expect(shares(cellOf(grownAfter(0.6), CONTINUE, alike), cellOf([small], CONTINUE, alike))).toBe(true);
});

describe('a stage’s head', () => {
  const never = cellOf([small]);
  const at = (share: number) => cellOf(grownAfter(share));

  test('is the longest of those that are shorter, each of which has the next one as its own', () => {
    const cells = [at(0.6), never, at(0.3), at(0.8)];
    const heads = new Map(stagesOf(cells).map(({ node }) => [node.address, node.head]));
    const [second, last, first, third] = cells.map((cell) => addressesOf(cell)[0]!);
    expect([first, second, third, last].map((address) => heads.get(address!))).toEqual([
      undefined,
      first,
      second,
      third,
    ]);
  });

  test('comes before it, whichever the plan names first, and counts as needed by its cells', () => {
    const stages = stagesOf([never, at(0.6)]);
    const [head, whole] = stages;
    expect(whole!.node.head).toBe(head!.node.address);
    expect(head!.children).toContain(whole!.node.address);
    // The first is the one whose stage it is: a worker takes the steps from it.
    expect(head!.cells.map(({ id }) => id)).toEqual([at(0.6).id, never.id]);
    expect(graphOf([never, at(0.6)], {}).ofCell.get(never.id)).not.toContain(head!.node.address);
  });

  test('moves no address', () => {
    const together = stagesOf([never, at(0.6)]).map(({ node }) => node.address);
    expect(together.sort()).toEqual([...addressesOf(never), ...addressesOf(at(0.6))].sort());
  });

  test('can be that of a cell that is done; other nodes of such cells are no part of the graph', () => {
    const stages = stagesOf([never], [at(0.6), at(0.3), cellOf(TARGET_ONLY)]);
    expect(stages.map(({ node, isWanted }) => [node.address, isWanted])).toEqual([
      [addressesOf(at(0.3))[0], false],
      [addressesOf(at(0.6))[0], false],
      [addressesOf(never)[0], true],
    ]);
    expect(stagesOf([at(0.3)], [never, at(0.6)])).toHaveLength(2);
  });

  test('can be a stage after a growth, if that was the same', () => {
    const deeper = (schedule: Schedule): Cell => {
      const cell = cellOf(schedule);
      const settings = { ...cell.settings, model: { ...cell.settings.model, layers: 4 } };
      return { ...cell, settings, id: cellId({ ...cell, settings, contents: {} }) };
    };
    const to = (layers: number, share: number, operator = 'stack'): Stage => ({
      share,
      reductions: { depth: { operator, settings: { layers } } },
    });
    const twice = deeper([to(1, 0.25), to(2, 0.25), { share: 0.5, reductions: {} }]);
    const headAfter = (operator: string) => {
      const once = deeper([to(1, 0.25, operator), to(2, 0.75)]);
      const [, second] = addressesOf(once);
      return stagesOf([twice, once]).find(({ node }) => node.address === second)!.node.head;
    };
    expect(headAfter('stack')).toBe(addressesOf(twice)[1]);
    expect(headAfter('random')).toBeUndefined();
  });

  test('takes its work off that of the stage: the chain up to a stage’s end is all of its steps once', () => {
    const cells = fc.array(
      fc.record({ share: fc.constantFrom(0.2, 0.4, 0.5, 0.9, 1), operator: fc.constantFrom('stack', 'random') }),
      {
        minLength: 1,
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(cells, (wanted) => {
        const all = wanted.map(({ share, operator }) => (share === 1 ? never : cellOf(grownAfter(share, operator))));
        const { nodes, ofCell } = graphOf(all, {});
        const whole = (address: string): number => {
          const { node, work } = nodes.get(address)!;
          expect(work).toBeGreaterThan(0);
          return work + (node.kind === 'stage' && node.head !== undefined ? whole(node.head) : 0);
        };
        for (const cell of all) {
          const stages = ofCell.get(cell.id)!.slice(0, cell.settings.schedule.length);
          const planned = planStages(cell.settings).map(({ flops }) => flops);
          expect(stages.map((address) => Math.round(whole(address)))).toEqual(planned.map(Math.round));
        }
      }),
      { numRuns: 50 },
    );
  });
});
