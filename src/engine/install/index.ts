export { examine, type DoctorReport, type EngineReport } from './doctor.ts';
export type { InstallEvent } from './events.ts';
export { installEngine, type InstallOutcome } from './install.ts';
export { serveProbe, type Channel } from './probe-process.ts';
export { removeEngine } from './remove.ts';
