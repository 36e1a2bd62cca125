import type { examine, installEngine, removeEngine, serveProbe } from '../engine/install/index.ts';
import type { Io } from './io.ts';

/** What the `engine` commands do; handed in, as loading it takes time that no other command should pay. */
export interface EngineTools {
  readonly installEngine: typeof installEngine;
  readonly removeEngine: typeof removeEngine;
  readonly examine: typeof examine;
  readonly serveProbe: typeof serveProbe;
}

/** What the `engine` commands touch outside the command line. */
export interface EngineIo extends Pick<Io, 'stdout' | 'stderr' | 'env' | 'fork' | 'onInterrupt'> {
  openEngineTools(): Promise<EngineTools>;
}
