import { describe } from 'vitest';
import type { Engine } from '../../../src/engine/engine.ts';
import { findEngines } from '../../../src/engine/install/find.ts';
import { growbenchHome } from '../../../src/engine/install/home.ts';
import { openTensorFlow } from '../../../src/engine/tensorflow/engine.ts';
import type { TensorFlowOptions } from '../../../src/engine/tensorflow/options.ts';

const entry = findEngines(growbenchHome(process.env))[0]?.entry;
const required = process.env.GROWBENCH_REQUIRE_ENGINE === '1';

/** Tests that need TensorFlow: skipped where none is installed, unless GROWBENCH_REQUIRE_ENGINE=1 asks for it. */
export function describeInstalled(title: string, body: () => void): void {
  const why = entry === undefined ? ' (skipped: run `growbench engine install`)' : '';
  describe.skipIf(entry === undefined && !required)(`${title}${why}`, body);
}

/** The best engine that is installed. Throws where there is none. */
export function installedEngine(options: Partial<TensorFlowOptions> = {}): Engine {
  if (entry === undefined) throw new Error('GROWBENCH_REQUIRE_ENGINE=1, but no engine is installed');
  return openTensorFlow({ entry, threads: 1, ...options });
}
