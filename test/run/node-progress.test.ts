import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ProgressFile, readProgress, type NodeProgress } from '../../src/run/node-progress.ts';
import type { CellEvent } from '../../src/run/record.ts';

let nodes = '';
beforeEach(async () => {
  nodes = await mkdtemp(join(tmpdir(), 'growbench-'));
});
afterEach(() => rm(nodes, { recursive: true }));

const learns = (step: number): CellEvent => ({
  ...{ type: 'finetune', task: 'topic', of: 20, loss: 1, step, share: step / 24 },
});
const answers = (done: number): CellEvent => ({ type: 'predict', task: 'topic', done, of: 2, share: done / 4 });

/** What another terminal can read once all of it was told. */
async function noted(events: readonly CellEvent[]): Promise<NodeProgress | null> {
  const file = new ProgressFile(nodes, 'node');
  for (const event of events) file.note(event);
  for (let waited = 0; waited < 200 && (await readProgress(nodes, 'node')) === null; waited += 1) await sleep(20);
  const progress = await readProgress(nodes, 'node');
  await file.close();
  return progress;
}

test('a fine-tuning that answers is timed since its first step', async () => {
  expect(await noted([learns(1), learns(2), answers(1), answers(2)])).toMatchObject({
    first: { event: learns(1) },
    events: [learns(2), answers(2)],
  });
});

test('the next run is timed since its own first step: answering has another speed', async () => {
  expect(await noted([learns(1), learns(10), answers(1), answers(2), learns(11), learns(14)])).toMatchObject({
    first: { event: learns(11) },
    events: [learns(14)],
  });
});

test('a fine-tuning that goes on where it was answering is timed since its first batch', async () => {
  expect(await noted([answers(1), answers(2)])).toMatchObject({ first: { event: answers(1) }, events: [answers(2)] });
});
