import { describe } from 'vitest';
import type { Engine } from '../../../src/engine/engine.ts';
import { openTensorFlow } from '../../../src/engine/tensorflow/engine.ts';
import { engineRequired, installedEntry } from '../engines.ts';

const entry = installedEntry();

/** Tests that need TensorFlow: skipped where none is installed, unless GROWBENCH_REQUIRE_ENGINE=1 asks for it. */
export function describeInstalled(title: string, body: () => void): void {
  const why = entry === null ? ' (skipped: run `growbench engine install`)' : '';
  describe.skipIf(entry === null && !engineRequired)(`${title}${why}`, body);
}

/** The best engine that is installed, on one thread unless told. Throws where there is none. */
export function installedEngine({ threads = 1 }: { readonly threads?: number } = {}): Engine {
  if (entry === null) throw new Error('GROWBENCH_REQUIRE_ENGINE=1, but no engine is installed');
  return openTensorFlow({ entry, threads, device: 'cpu' });
}
