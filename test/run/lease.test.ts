import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isHolder, LeaseFile, type Holder, type Lease } from '../../src/run/lease.ts';
import { hostName, thisProcess } from '../../src/run/process.ts';

let folder = '';
let path = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'growbench-'));
  path = join(folder, 'leases', 'cell.lease');
});
afterEach(() => rm(folder, { recursive: true }));

async function claim(file = new LeaseFile(path)): Promise<Lease> {
  const claimed = await file.claim();
  if (isHolder(claimed)) throw new Error(`process ${claimed.pid} holds it`);
  return claimed;
}

/** As if another process had claimed the lease. */
async function heldBy(holder: Partial<Holder>): Promise<Holder> {
  await (await claim()).release();
  const whole = { ...thisProcess(), token: 'other', since: '2026-01-01T00:00:00.000Z', ...holder };
  await writeFile(path, JSON.stringify(whole));
  return whole;
}

const deadPid = (): number => spawnSync(process.execPath, ['-e', '']).pid;

describe('a lease', () => {
  test('is held by one, who is named to the others, until it is released', async () => {
    const lease = await claim();
    expect(await new LeaseFile(path).claim()).toMatchObject({ pid: process.pid, host: hostName() });
    await lease.release();
    expect(await readdir(join(folder, 'leases'))).toEqual([]);
    await (await claim()).release();
  });

  test('goes to exactly one of many who ask at once, also where its holder is dead', async () => {
    for (let round = 0; round < 20; round += 1) {
      await heldBy({ pid: deadPidOnce, born: null });
      const claims = await Promise.all(Array.from({ length: 12 }, () => new LeaseFile(path).claim()));
      const leases = claims.filter((claimed): claimed is Lease => !isHolder(claimed));
      // Some may have been told that another is about to take it over; never do two have it.
      expect(leases.length).toBeLessThanOrEqual(1);
      for (const lease of leases) await lease.release();
      await rm(path, { force: true });
    }
  });

  test('of a process that is gone goes to the next, who learns whose it was', async () => {
    const holder = await heldBy({ pid: deadPid(), born: null });
    expect((await claim()).dead).toEqual([holder]);
  });

  test.skipIf(process.platform !== 'linux')('of a process whose number another has now goes to the next', async () => {
    await heldBy({ born: '1' });
    await claim();
  });

  test('of a process that lives stays, however old its file is', async () => {
    await heldBy({});
    await utimes(path, 0, 0);
    const file = new LeaseFile(path, 0);
    expect(isHolder(await file.claim())).toBe(true);
    await sleep(5);
    expect(isHolder(await file.claim())).toBe(true);
  });

  test.each([
    ['an hour behind', -3600],
    ['an hour ahead', 3600],
  ])('of another host whose clock is %s is taken over only when its file stays unrenewed', async (_, seconds) => {
    await heldBy({ host: 'elsewhere', pid: 1 });
    const beat = (more: number) => utimes(path, 0, Date.now() / 1000 + seconds + more);
    await beat(0);
    const file = new LeaseFile(path, 60);
    expect(isHolder(await file.claim())).toBe(true);
    await sleep(80);
    await beat(1);
    expect(isHolder(await file.claim()), 'renewed meanwhile').toBe(true);
    await sleep(80);
    expect(isHolder(await file.claim()), 'not renewed').toBe(false);
  });

  test('that was taken over is not given back by the holder it was taken from', async () => {
    const lease = await claim();
    const other = { ...(JSON.parse(await readFile(path, 'utf8')) as Holder), token: 'another' };
    await writeFile(path, JSON.stringify(other));
    await lease.release();
    expect(await readFile(path, 'utf8')).toContain('another');
  });

  test('that was cut off while it was written is taken over in the end', async () => {
    await (await claim()).release();
    await writeFile(path, '{"host": "x');
    const file = new LeaseFile(path, 10);
    expect(isHolder(await file.claim())).toBe(true);
    await sleep(20);
    expect(isHolder(await file.claim())).toBe(false);
  });
});

const deadPidOnce = deadPid();
