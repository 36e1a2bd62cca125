import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { candidates, nativeBuilds } from '../../src/engine/candidates.ts';

const root = mkdtempSync(join(tmpdir(), 'growbench-'));
const before = process.env.NODE_PATH;
/** Node looks into the folders of NODE_PATH last, which it reads once. */
const lookInto = (path: string | undefined) => {
  if (path === undefined) delete process.env.NODE_PATH;
  else process.env.NODE_PATH = path;
  (Module as unknown as { _initPaths: () => void })._initPaths();
};
afterEach(() => {
  lookInto(before);
  rmSync(root, { recursive: true });
});

test('the stock packages are builds where npm has put them, the one for CUDA first where there is a card', () => {
  for (const name of ['tfjs-node', 'tfjs-node-gpu']) {
    const folder = join(root, '@tensorflow', name);
    mkdirSync(join(folder, 'dist'), { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "main": "dist/index.js" }');
    writeFileSync(join(folder, 'dist/index.js'), '');
  }
  const empty = { GROWBENCH_HOME: join(root, 'home') };
  expect(nativeBuilds(empty).builds).toEqual([]);
  lookInto(root);
  const { builds } = nativeBuilds(empty);
  expect(builds.map(({ label, kind, folder }) => [label, kind, folder])).toEqual([
    ['@tensorflow/tfjs-node-gpu', 'cuda', join(root, '@tensorflow/tfjs-node-gpu')],
    ['@tensorflow/tfjs-node', 'cpu', join(root, '@tensorflow/tfjs-node')],
  ]);
  const labels = (card: boolean) => candidates(builds, card).map(({ label, name }) => `${label} as ${name}`);
  const [gpu, cpu] = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];
  expect(labels(true)).toEqual([`${gpu} as cuda`, `${cpu} as tensorflow`, `${gpu} as tensorflow`]);
  expect(labels(false)).toEqual([`${cpu} as tensorflow`, `${gpu} as tensorflow`]);
});
