import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SweepEvent } from '../../src/run/events.ts';
import { graphOf } from '../../src/run/graph.ts';
import { runSweep, type SweepOptions } from '../../src/run/executor.ts';
import { planSweep, type Plan } from '../../src/run/plan.ts';
import { grownPlan, planOf } from './cells.ts';

const script = fileURLToPath(new URL('../fixtures/worker.mjs', import.meta.url));
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'growbench-'));
});
afterEach(() => rm(folder, { recursive: true }));

const startWorker = (env: Readonly<Record<string, string>> = {}) =>
  fork(script, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], env: { ...process.env, ...env } });

async function sweep(
  plan: Plan,
  jobs = 1,
  onEvent: (event: SweepEvent, stop: () => void) => void = () => undefined,
  options: Partial<SweepOptions> = {},
) {
  const events: SweepEvent[] = [];
  const stop = new AbortController();
  const outcome = await runSweep(plan, {
    folder,
    context: { cache: folder, models: null, predictions: null, nodes: join(folder, '.nodes'), checkpointEvery: 600 },
    jobs,
    launch: () => startWorker(),
    ...options,
    signal: stop.signal,
    onEvent: (event) => {
      events.push(event);
      onEvent(event, () => {
        stop.abort();
      });
    },
  });
  return { ...outcome, events, starts: events.filter(({ type }) => type === 'node-started').length };
}

describe('a sweep', () => {
  test('runs all arms of a seed before the next seed', async () => {
    const plan = planOf(['fine', 'fine'], [3, 4]);
    const { records, events } = await sweep(plan);
    expect(records.map(({ cell }) => cell.seed)).toEqual([3, 3, 4, 4]);
    const started = events.flatMap((event) => (event.type === 'node-started' ? event.address : []));
    expect(started).toEqual([...graphOf(plan.cells, {}).nodes.keys()]);
  });

  test('runs a cell once that several points of a grid ask for, and gives each its record', async () => {
    const { comparison } = planOf(['fine']);
    const plan = planSweep({
      ...comparison,
      arms: [{}, { case: 'same' }].flatMap((point) => ({ ...comparison.arms[0]!, point })),
    });
    const { starts, records } = await sweep(plan, 2);
    expect(plan.cells).toHaveLength(2);
    expect([starts, records.length]).toEqual([1, 2]);
  });

  test('leaves one record a cell, whole, and nothing else', async () => {
    const plan = planOf(['fine'], [0, 1]);
    await sweep(plan, 2);
    const files = await readdir(join(folder, 'cells'));
    expect(files.sort()).toEqual(plan.cells.map(({ id }) => `${id}.json`).sort());
  });

  test('takes finished cells for done when it is run again, whatever their arm is called now', async () => {
    const plan = planOf(['fine'], [0, 1]);
    await sweep(plan);
    const { starts, records } = await sweep({
      ...plan,
      cells: plan.cells.map((cell) => ({ ...cell, arm: 'renamed' })),
    });
    expect(starts).toBe(0);
    expect(records.map(({ cell }) => cell.arm)).toEqual(['renamed', 'renamed']);
  });

  test.each([
    ['refused', 'the corpus is empty\nUse another.'],
    ['crashing', 'the worker process ended with exit code 9:\nout of memory'],
    ['killed', 'the worker process was killed by SIGKILL'],
  ])('goes on after a cell that is %s, and says why it failed', async (arm, error) => {
    const { records, events } = await sweep(planOf(['fine', arm, 'fine']));
    expect(records.map((record) => record.error)).toEqual([null, error, null]);
    expect(events.at(-1)).toEqual({ type: 'sweep-finished', interrupted: false, failed: 1 });
  });

  test('tries a failed cell again on the next run', async () => {
    const plan = planOf(['fine', 'killed']);
    await sweep(plan);
    expect((await sweep(plan)).starts).toBe(1);
  });

  test('tries a cell again at once whose worker was killed, and keeps both attempts in the record', async () => {
    process.env.TRAINED = join(folder, 'trained');
    const { records, events } = await sweep(planOf(['unlucky']));
    expect(events.flatMap((event) => (event.type === 'node-retried' ? event.error : []))).toEqual([
      'the worker process was killed by SIGKILL',
    ]);
    expect(records[0]!.result).not.toBeNull();
    const attempts = records[0]!.attempts!;
    expect(attempts.map(({ end }) => end)).toEqual(['killed', 'done']);
    expect(attempts[0]!.pid).not.toBe(attempts[1]!.pid);
    expect(attempts[0]!.host).toBe(hostname());
  });

  test.each([
    ['refused', 2, 3],
    ['killed', 0, 1],
  ])('tries a cell that is %s again %i times if so told', async (arm, retries, attempts) => {
    const { records } = await sweep(planOf([arm]), 1, undefined, { retries });
    expect(records[0]!.attempts).toHaveLength(attempts);
  });

  test('stops after three cells in a row with one error, but not after three with different ones', async () => {
    const alike = await sweep(planOf(['refused', 'refused', 'refused', 'fine']));
    expect(alike.stopped).toBe('3 cells in a row failed with the same error: the corpus is empty');
    expect(alike.records).toHaveLength(3);
    expect(alike.interrupted).toBe(false);
    const mixed = await sweep(planOf(['refused', 'crashing', 'refused', 'refused', 'fine'], [7]));
    expect([mixed.stopped, mixed.records.length]).toEqual([null, 5]);
  });

  test('keeps an attempt that was stopped, for the record that comes in the end', async () => {
    const plan = planOf(['endless']);
    await sweep(plan, 1, (event, stop) => {
      if (event.type === 'node-event') stop();
    });
    const cells = plan.cells.map((cell) => ({ ...cell, arm: 'fine' }));
    const { records } = await sweep({ ...plan, cells });
    expect(records[0]!.attempts!.map(({ end }) => end)).toEqual(['interrupted', 'done']);
    expect((await readdir(folder)).sort()).toEqual(['.nodes', 'cells']);
  });

  test('stops in the middle of a cell, keeps the finished ones and goes on at the first unfinished one', async () => {
    const plan = planOf(['fine', 'endless', 'fine']);
    const [, second] = graphOf(plan.cells, {}).nodes.keys();
    const stopped = await sweep(plan, 1, (event, stop) => {
      if (event.type === 'node-event' && event.address === second) stop();
    });
    expect(stopped.interrupted).toBe(true);
    expect(stopped.records.map(({ cell }) => cell.id)).toEqual([plan.cells[0]!.id]);
    const rest = await sweep({ ...plan, cells: plan.cells.filter(({ arm }) => arm !== 'endless') });
    expect(rest.starts).toBe(1);
  });

  test('ends a worker that hears nothing and has nothing to lose, within the 5 s in which all must stop', async () => {
    const plan = planOf(['deaf']);
    let asked = Infinity;
    const { interrupted } = await sweep(plan, 1, (event, stop) => {
      if (event.type !== 'node-event') return;
      asked = performance.now();
      stop();
    });
    expect(interrupted).toBe(true);
    expect(performance.now() - asked).toBeLessThan(5000);
    const cells = plan.cells.map((cell) => ({ ...cell, arm: 'fine' }));
    const { records } = await sweep({ ...plan, cells });
    expect(records[0]!.attempts!.map(({ end }) => end)).toEqual(['interrupted', 'done']);
  });

  test('stops at once, and says why, when a record cannot be written', async () => {
    const plan = planOf(['fine', 'endless']);
    await writeFile(join(folder, 'cells'), 'a file where the folder should be');
    await expect(sweep(plan, 2)).rejects.toThrow(`cannot write ${join(folder, 'cells')}`);
  });

  test('records the engine, the machine and the times of a cell', async () => {
    const plan = planOf(['fine']);
    await sweep(plan);
    const record: unknown = JSON.parse(await readFile(join(folder, 'cells', `${plan.cells[0]!.id}.json`), 'utf8'));
    expect(record).toMatchObject({
      engine: { name: 'wasm', device: 'test', versions: {}, why: 'it was named', threads: 2, repeatable: true },
      machine: { node: process.version },
    });
  });

  test('refuses a record in which a digit is no longer as it was written, however it is laid out', async () => {
    const plan = planOf(['fine']);
    await sweep(plan);
    const path = join(folder, 'cells', `${plan.cells[0]!.id}.json`);
    const text = await readFile(path, 'utf8');
    await writeFile(path, JSON.stringify(JSON.parse(text)));
    expect((await sweep(plan)).starts).toBe(0);
    await writeFile(path, text.replace(/"flops": 7/, '"flops": 6'));
    await expect(sweep(plan)).rejects.toThrow('it was changed after it was written');
  });

  test.each([
    ['cut off', '{"format": 1, "cel', 'it is not JSON'],
    ['something else', '{"format": 7}', 'it has not the form of a record'],
  ])('refuses a record that is %s rather than lose or believe it', async (_, text, why) => {
    const plan = planOf(['fine']);
    await sweep(plan);
    await writeFile(join(folder, 'cells', `${plan.cells[0]!.id}.json`), text);
    await expect(sweep(plan)).rejects.toThrow(why);
  });

  test('shares a stage between the cells that begin alike, and counts its cost in each', async () => {
    const plan = grownPlan({ full: null, stack: 'stack', random: 'random' });
    const fine = plan.cells.map((cell) => ({ ...cell, arm: `fine ${cell.arm}` }));
    const { records, starts } = await sweep({ ...plan, cells: fine }, 2);
    // 1 + 1 for the full model; a stage in common, then 2 + 2.
    expect(starts).toBe(7);
    expect(records.map(({ result }) => [result!.flops, result!.stages.length, result!.seconds.train])).toEqual([
      [7, 1, 1],
      [14, 2, 2],
      [14, 2, 2],
    ]);
    expect(records.map(({ attempts }) => attempts!.map(({ node }) => node))).toEqual([
      ['stage 1', 'wordnet-topic'],
      ['stage 1', 'stage 2', 'wordnet-topic'],
      ['stage 1', 'stage 2', 'wordnet-topic'],
    ]);
  });

  test('fine-tunes only what is new where a task is added', async () => {
    const plan = grownPlan({ fine: 'stack' });
    await sweep(plan);
    await leaveStates(plan);
    const settings = { ...plan.cells[0]!.settings };
    const tasks = ['wordnet-topic', 'wordnet-sense'];
    const more = planSweep({
      ...plan.comparison,
      arms: [{ ...plan.comparison.arms[0]!, settings: { ...settings, finetune: { ...settings.finetune, tasks } } }],
    });
    const { events, records } = await sweep(more);
    const { nodes } = graphOf(more.cells, {});
    const started = events.flatMap((event) => (event.type === 'node-started' ? event.address : []));
    expect(started.map((address) => nodes.get(address)!.node)).toMatchObject([{ task: 'wordnet-sense' }]);
    expect(Object.keys(records[0]!.result!.tasks)).toEqual(tasks);
  });

  test('runs a stage again whose state is not there any more, if something goes on from it', async () => {
    const plan = grownPlan({ fine: 'stack' });
    await sweep(plan);
    await rm(join(folder, 'cells'), { recursive: true });
    expect((await sweep(plan)).starts, 'with all of its parts done').toBe(0);
    const [, , task] = graphOf(plan.cells, {}).nodes.keys();
    await rm(join(folder, '.nodes', task!), { recursive: true });
    await rm(join(folder, 'cells'), { recursive: true });
    expect((await sweep(plan)).starts, 'both stages, and the task').toBe(3);
  });

  test('runs a stage again that left what cannot be read, then what goes on from it', async () => {
    const { records, events } = await sweep(grownPlan({ lossy: 'stack' }));
    expect(records[0]!.error).toBeNull();
    const kinds = events.flatMap(({ type }) => (type.startsWith('node-') && type !== 'node-event' ? type : []));
    const once = ['node-started', 'node-finished'];
    expect(kinds).toEqual([...once, 'node-started', 'node-retried', ...once, ...once, ...once]);
  });

  describe('whose model that never grows goes on from where another one grows', () => {
    const nodesOf = (events: readonly SweepEvent[]) =>
      events.flatMap((event) => (event.type === 'node-started' ? event.address : []));
    const kindsOf = (plan: Plan, addresses: readonly string[]) => {
      const { nodes } = graphOf(plan.cells, {});
      return addresses.map((address) => {
        const { node } = nodes.get(address)!;
        return node.kind === 'stage' ? [node.index, node.head !== undefined] : node.kind;
      });
    };

    test('runs that stage first, whatever the order of the arms', async () => {
      const plan = grownPlan({ 'fine never': 'never', 'fine stack': 'stack' });
      const { events, records } = await sweep(plan, 2);
      expect(kindsOf(plan, nodesOf(events))[0]).toEqual([0, false]);
      expect(nodesOf(events)).toHaveLength(5);
      // One stage each that is its own, whoever began it.
      expect(records.map(({ attempts }) => attempts!.map(({ node }) => node))).toEqual([
        ['stage 1', 'wordnet-topic'],
        ['stage 1', 'stage 2', 'wordnet-topic'],
      ]);
    });

    test('has both fail, and stops neither sooner, where that stage fails', async () => {
      const plan = grownPlan({ 'crashing stack': 'stack', 'fine never': 'never', 'fine full': null });
      const { records, events } = await sweep(plan);
      expect(records.map(({ result }) => result !== null)).toEqual([false, false, true]);
      expect(events.at(-1)).toEqual({ type: 'sweep-finished', interrupted: false, failed: 2 });
    });

    test('has both diverge where that stage does', async () => {
      const plan = grownPlan({ 'diverging stack': 'stack', 'diverging never': 'never' });
      const { records, starts } = await sweep(plan);
      expect(records.map(({ result }) => result?.status)).toEqual(['diverged', 'diverged']);
      expect(starts).toBe(2);
      const never = graphOf(plan.cells, {}).ofCell.get(plan.cells[1]!.id)![0]!;
      const record: unknown = JSON.parse(await readFile(join(folder, '.nodes', never, 'result.json'), 'utf8'));
      expect(record, 'its worker was told').toMatchObject({ result: { why: 'diverged' } });
    });

    test('finds it where the other’s cell is done, and runs it again where its state is gone', async () => {
      const other = grownPlan({ 'fine stack': 'stack' });
      const both = grownPlan({ 'fine stack': 'stack', 'fine never': 'never' });
      await sweep(other);
      await leaveStates(other);
      const again = await sweep(both);
      expect(kindsOf(both, nodesOf(again.events))).toEqual([[0, true], 'finetuning']);
      await rm(join(folder, 'cells', `${both.cells[1]!.id}.json`));
      await rm(join(folder, '.nodes', nodesOf(again.events)[0]!), { recursive: true });
      for (const ending of ['json', 'safetensors']) {
        const [head] = graphOf(other.cells, {}).nodes.keys();
        await rm(join(folder, '.nodes', head!, `state.${ending}`));
      }
      const whole = await sweep(both);
      expect(kindsOf(both, nodesOf(whole.events))).toEqual([
        [0, false],
        [0, true],
      ]);
    });
  });

  test('starts a worker anew that was killed while it had nothing to do', async () => {
    const workers: ChildProcess[] = [];
    const launch = () => {
      const worker = startWorker({ CELL_MS: '400', TRAINED: '' });
      workers.push(worker);
      return worker;
    };
    const plan = grownPlan({ fine: null, 'slow stack': 'stack', 'slow random': 'random' });
    const { records } = await sweep(
      plan,
      2,
      (event) => {
        // It waits for what hangs on the stage that the other one runs.
        if (event.type !== 'cell-finished' || event.record.cell.arm !== 'fine') return;
        workers.find(({ pid }) => pid === event.record.attempts!.at(-1)!.pid)!.kill('SIGKILL');
      },
      { launch },
    );
    expect(records.map(({ error }) => error)).toEqual([null, null, null]);
    expect(workers).toHaveLength(3);
  });

  test('gives up on a stage whose state can never be read', async () => {
    const { records, stopped } = await sweep(grownPlan({ lost: 'stack', fine: null }));
    expect(records.map(({ error }) => error)).toEqual(['the state is damaged', null]);
    expect(stopped).toBeNull();
  });

  test('takes a part whose record was cut in half for one that is not done', async () => {
    const plan = grownPlan({ fine: 'stack' });
    await sweep(plan);
    const [, , task] = graphOf(plan.cells, {}).nodes.keys();
    await leaveStates(plan);
    await writeFile(join(folder, '.nodes', task!, 'result.json'), '{"format":1,"node":{"kind":');
    await rm(join(folder, 'cells'), { recursive: true });
    expect((await sweep(plan)).starts).toBe(1);
  });

  test('and for a part in whose record a digit has changed', async () => {
    const plan = grownPlan({ fine: 'stack' });
    await sweep(plan);
    const [, , task] = graphOf(plan.cells, {}).nodes.keys();
    await leaveStates(plan);
    const path = join(folder, '.nodes', task!, 'result.json');
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('"seconds":1', '"seconds":2'));
    await rm(join(folder, 'cells'), { recursive: true });
    expect((await sweep(plan)).starts).toBe(1);
  });
});

/** What real workers leave of stages, as long as nobody reads it. */
async function leaveStates({ cells }: Plan): Promise<void> {
  for (const [address, { node }] of graphOf(cells, {}).nodes) {
    if (node.kind !== 'stage') continue;
    await writeFile(join(folder, '.nodes', address, 'state.safetensors'), '');
    await writeFile(join(folder, '.nodes', address, 'state.json'), '{"bytes":0,"known":{"keep":"all"}}');
  }
}
