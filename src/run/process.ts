import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process among all that may see the same folder. */
export interface ProcessName {
  /** The computer's name; on Linux also its process namespace, since two containers may share a name and number alike. */
  readonly host: string;
  readonly pid: number;
  /** When it was started, in whatever the system counts; null where that is not known. Process numbers come again. */
  readonly born: string | null;
}

export const thisProcess = (): ProcessName => ({ host: hostName(), pid: process.pid, born: birthOf(process.pid) });

/** Whether a process is known to be gone. Of other hosts' nothing is known. */
export function isGone({ host, pid, born }: ProcessName): boolean {
  if (host !== hostName()) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Another user's process may not be signalled, but it is there.
    return !(error instanceof Error && 'code' in error && error.code === 'EPERM');
  }
  return born !== null && birthOf(pid) !== born;
}

let ownHost: string | null = null;

export function hostName(): string {
  return (ownHost ??= `${hostname()}${namespaceSuffix()}`);
}

/** The name of a host as people know it. */
export const hostLabel = (host: string): string => host.split('/', 1)[0]!;

function namespaceSuffix(): string {
  try {
    return `/${/\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? ''}`;
  } catch {
    return '';
  }
}

/** Field 22 of Linux's /proc/PID/stat, in ticks since the start of the machine; the name in field 2 may hold anything. */
function birthOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie holds nothing any more: its number is only kept for its parent to read.
    return fields[0] === 'Z' ? 'dead' : (fields[19] ?? null);
  } catch {
    return null;
  }
}
