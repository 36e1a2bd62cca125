export { examine, type DoctorReport, type EngineReport } from './doctor.ts';
export type { ProbeResult } from './probe.ts';
export type { InstallEvent } from './events.ts';
export { installEngine, type InstallOutcome } from './install.ts';
export { removeEngine } from './remove.ts';
export { serveProbe, type Channel } from './serve-probe.ts';
