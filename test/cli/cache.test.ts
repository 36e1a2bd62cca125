import { expect, test } from 'vitest';
import { cacheFolder } from '../../src/cli/cache.ts';

test('token shards lie in GROWBENCH_CACHE, else where the engines lie', () => {
  expect(cacheFolder({ GROWBENCH_CACHE: '/shards', GROWBENCH_HOME: '/fast/disk' })).toBe('/shards');
  expect(cacheFolder({ GROWBENCH_CACHE: '', GROWBENCH_HOME: '/fast/disk' })).toBe('/fast/disk');
});
