import type { Environment } from './home.ts';
import { openNamed } from './open-named.ts';
import { serveProbe as serve, type Channel } from './probe-process.ts';

export { examine, type DoctorReport, type EngineReport } from './doctor.ts';
export type { InstallEvent } from './events.ts';
export { installEngine, type InstallOutcome } from './install.ts';
export { removeEngine } from './remove.ts';
export type { Channel };

/** The child's side of `examine`: opens an engine (`auto`, `wasm` or an installed one's name), tries it and reports. */
export const serveProbe = (name: string, measure: boolean, env: Environment, channel: Channel): Promise<void> =>
  serve(() => openNamed(name, env), measure, channel);
