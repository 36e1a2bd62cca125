import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { prepareOnce, type OnProgress } from '../../src/text/prepare-once.ts';

const digest = '0123456789abcdef';
let cache = '';
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'growbench-'));
});
afterEach(() => rm(cache, { recursive: true, maxRetries: 3 }));

const wanted = () => ({ cache, digest, exists: () => existsSync(join(cache, digest)) });

test('of several who want a corpus one makes it, and the others wait and are told how far it is', async () => {
  let made = 0;
  const make = async (onProgress: OnProgress) => {
    made += 1;
    for (const done of [1, 2, 3]) {
      onProgress(done, 4);
      await sleep(250);
    }
    await mkdir(join(cache, digest));
  };
  const told: number[][] = [[], [], []];
  await Promise.all(told.map((own) => prepareOnce(wanted(), (done) => own.push(done), undefined, make)));
  expect(made).toBe(1);
  for (const own of told) expect(own).toContain(2);
  expect(await readdir(cache)).toEqual([digest]);
});

test('a maker that fails is followed by one that waits', async () => {
  let tries = 0;
  const make = async () => {
    tries += 1;
    if (tries === 1) throw new Error('no space');
    await mkdir(join(cache, digest));
  };
  const outcomes = await Promise.allSettled([1, 2].map(() => prepareOnce(wanted(), () => undefined, undefined, make)));
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('the draft of a maker that was killed is removed by the next', async () => {
  await mkdir(join(cache, `.draft-${digest}-killed`));
  await writeFile(join(cache, `.draft-${digest}-killed`, 'train.u16'), 'half');
  await prepareOnce(
    wanted(),
    () => undefined,
    undefined,
    async () => {
      await mkdir(join(cache, digest));
    },
  );
  expect(await readdir(cache)).toEqual([digest]);
});

test('waiting ends when it is stopped', async () => {
  const stop = new AbortController();
  let release: () => void = () => undefined;
  const making = prepareOnce(
    wanted(),
    () => undefined,
    undefined,
    async () => {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      await mkdir(join(cache, digest));
    },
  );
  await sleep(30);
  const waiting = prepareOnce(
    wanted(),
    () => undefined,
    stop.signal,
    () => Promise.reject(new Error('made twice')),
  );
  await sleep(30);
  stop.abort(new Error('stopped'));
  await expect(waiting).rejects.toThrow('stopped');
  release();
  await making;
});
