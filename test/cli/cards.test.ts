import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cardOf, visibleCards } from '../../src/cli/cards.ts';

let driver = '';
beforeEach(async () => {
  driver = await mkdtemp(join(tmpdir(), 'growbench-'));
});
afterEach(() => rm(driver, { recursive: true }));

test('the cards are those that the environment leaves, else those that the driver lists, else none', async () => {
  for (const name of ['0000:01:00.0', '0000:02:00.0']) await mkdir(join(driver, name));
  expect(visibleCards({}, driver)).toEqual(['0', '1']);
  expect(visibleCards({ CUDA_VISIBLE_DEVICES: '2, GPU-5ebe,' }, driver)).toEqual(['2', 'GPU-5ebe']);
  expect(visibleCards({ CUDA_VISIBLE_DEVICES: '' }, driver)).toEqual([]);
  expect(visibleCards({}, join(driver, 'none'))).toEqual([]);
});

test('workers side by side see one card each, in turn', () => {
  expect([0, 1, 2].map((place) => cardOf(place, ['3', '5']).CUDA_VISIBLE_DEVICES)).toEqual(['3', '5', '3']);
  expect(cardOf(1, ['3'])).toEqual({});
});
