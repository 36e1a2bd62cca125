import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cellsCsv } from '../../src/report/cells.ts';
import { graphOf } from '../../src/run/graph.ts';
import { readRecords } from '../../src/run/store.ts';
import { grownPlan } from './cells.ts';
import { startSweep, trainings } from './processes.ts';

/** More of them: KILLS=30 npx vitest run test/run/kill.test.ts. */
const MOMENTS = Number(process.env.KILLS ?? 1);

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'growbench-'));
});
afterEach(() => rm(folder, { recursive: true, maxRetries: 5 }));

/** Three arms that share their first stage, one that goes on from it, and one that shares nothing: 11 nodes a seed. */
const plan = grownPlan(
  {
    ...{ 'slow full': null, 'slow stack': 'stack', 'slow interleave': 'interleave', 'slow random': 'random' },
    'slow never': 'never',
  },
  [0, 1],
);
const graph = graphOf(plan.cells, {});

let undisturbed = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'growbench-'));
  await (
    await startSweep(plan, folder, 2)
  ).ended;
  undisturbed = await table();
  await rm(folder, { recursive: true });
});

async function table(): Promise<string> {
  const ids = plan.cells.map(({ id }) => id);
  return cellsCsv(plan, [...(await readRecords(join(folder, 'results'), ids)).values()], new Map());
}

/** Numbers between 0 and 1 that are the same on every run: mulberry32. */
function randoms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function kill(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  } catch {
    // It had ended before.
  }
}

describe.each(['worker', 'parent', 'both'] as const)('kill -9 of the %s at a random moment', (who) => {
  test.each(Array.from({ length: MOMENTS }, (_, moment) => moment))(
    'loses and repeats nothing (%i)',
    async (moment) => {
      const random = randoms(1000 * who.length + moment);
      const first = await startSweep(plan, folder, 2);
      while (first.events.length === 0) await sleep(5);
      await sleep(random() * 500);
      const workers = (await trainings(folder)).map(({ pid }) => pid);
      if (who !== 'worker') kill(first.child.pid);
      if (who !== 'parent') kill(workers.at(-1));
      await first.ended;
      const finished = first.events.flatMap((event) =>
        event.type === 'node-finished' && event.error === null ? event.address : [],
      );

      const second = await startSweep(plan, folder, 2);
      expect(await second.ended).toEqual({ code: 0, err: '' });
      const again = second.events.flatMap((event) => (event.type === 'node-started' ? event.address : []));
      expect(
        again.filter((id) => finished.includes(id)),
        'finished nodes that were run again',
      ).toEqual([]);
      expect(await table()).toBe(undisturbed);
      expect(await readdir(join(folder, 'results'))).toEqual(['cells']);
    },
  );
});

describe('two sweeps at once in one folder', () => {
  test('run no node twice, and each ends with all records', async () => {
    const both = await Promise.all([startSweep(plan, folder, 2), startSweep(plan, folder, 2)]);
    for (const { ended } of both) expect(await ended).toEqual({ code: 0, err: '' });
    const begun = (await trainings(folder)).filter(({ what }) => what === 'begin').map(({ id }) => id);
    expect(begun.sort()).toEqual([...graph.nodes.keys()].sort());
    for (const { events } of both) {
      const ends = events.filter(({ type }) => type === 'cell-finished' || type === 'cell-found');
      const cached = events.flatMap((event) => (event.type === 'sweep-started' ? event.cached : []));
      expect(ends.length + cached.length).toBe(plan.cells.length);
    }
    expect(await table()).toBe(undisturbed);
  });

  test('the one that is left takes over the nodes of the one that was killed', async () => {
    const [first, second] = [await startSweep(plan, folder, 1, 400), await startSweep(plan, folder, 1, 400)];
    while (!second.events.some(({ type }) => type === 'node-started')) await sleep(5);
    kill(first.child.pid);
    expect(await second.ended).toEqual({ code: 0, err: '' });
    expect(await table()).toBe(undisturbed);
  });
});
