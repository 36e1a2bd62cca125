import * as tf from '@tensorflow/tfjs-core';
import { nativeBuilds } from '../../src/engine/candidates.ts';
import { openEngine } from '../../src/engine/choose.ts';
import type { Engine } from '../../src/engine/engine.ts';

/** The engine that this run of the suite is about (vitest.config.ts). */
export const TEST_ENGINE: Engine['name'] = process.env.GROWBENCH_TEST_ENGINE === 'tensorflow' ? 'tensorflow' : 'wasm';

/** The main module of the native engine that is installed; null where none is. */
export const installedEntry = (): string | null => nativeBuilds(process.env).builds[0]?.entry ?? null;

/** Where the native engine may be missing, its tests are skipped instead of failing. */
export const engineRequired = process.env.GROWBENCH_REQUIRE_ENGINE === '1';

/** The engine under test, its backend in use. Of the native one a single thread: suites run side by side. */
export async function openTestEngine(): Promise<Engine> {
  const entry = TEST_ENGINE === 'wasm' ? null : installedEntry();
  // Skipped tests are set up all the same.
  const name = entry === null ? 'wasm' : TEST_ENGINE;
  const { engine } = await openEngine(name, { entry, threads: 1 });
  await tf.setBackend(name);
  return engine;
}
