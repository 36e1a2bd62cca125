import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { enginesFolder } from './home.ts';
import { parseManifest, thisPlatform, type EngineManifest } from './manifest.ts';

/** An engine that `growbench engine install` has put in place. */
export interface InstalledEngine extends Omit<EngineManifest, 'entry'> {
  /** `cpu-2.21.0`: the name of its folder. */
  readonly name: string;
  readonly folder: string;
  /** Absolute path to `require` for the tfjs-node package. */
  readonly entry: string;
}

/** A folder among the engines that none can be loaded from, and why. */
export interface UnusableEngine {
  readonly name: string;
  readonly folder: string;
  readonly reason: string;
}

/**
 * The engines under `home` that were built for this platform, best first: those for CUDA before those for the CPU,
 * then the newest TensorFlow. Whether one loads is not tried here. An absent folder holds none.
 */
export function findEngines(home: string): InstalledEngine[] {
  return inspectEngines(home).engines;
}

/** As `findEngines`, with the folders that are none, which `engine doctor` reports and `engine remove` clears. */
export function inspectEngines(home: string): {
  readonly engines: InstalledEngine[];
  readonly unusable: UnusableEngine[];
} {
  const engines: InstalledEngine[] = [];
  const unusable: UnusableEngine[] = [];
  for (const name of folderNames(enginesFolder(home))) {
    const found = inspect(name, join(enginesFolder(home), name));
    if ('reason' in found) unusable.push(found);
    else engines.push(found);
  }
  return { engines: engines.sort(bestFirst), unusable };
}

function folderNames(folder: string): string[] {
  if (!existsSync(folder)) return [];
  // Names with a dot in front are installs under way and the lock.
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map((entry) => entry.name);
}

function inspect(name: string, folder: string): InstalledEngine | UnusableEngine {
  const path = join(folder, 'engine.json');
  if (!existsSync(path)) return { name, folder, reason: 'it has no engine.json' };
  const manifest = parseManifest(readFileSync(path, 'utf8'));
  if (manifest === null) return { name, folder, reason: 'its engine.json was not written by this growbench' };
  if (manifest.platform !== thisPlatform()) {
    return { name, folder, reason: `it was built for ${manifest.platform}, and this is ${thisPlatform()}` };
  }
  const engine = { ...manifest, name, folder, entry: join(folder, manifest.entry) };
  if (!existsSync(engine.entry)) return { name, folder, reason: 'files are missing from it' };
  if (!existsSync(join(folder, manifest.addon.path))) return { name, folder, reason: 'its addon is missing' };
  const torn = Object.entries(manifest.sizes ?? {}).find(([path, size]) => sizeOf(join(folder, path)) !== size);
  if (torn !== undefined) return { name, folder, reason: describeTorn(join(folder, torn[0]), torn[1]) };
  return engine;
}

const sizeOf = (path: string): number | null => statSync(path, { throwIfNoEntry: false })?.size ?? null;

function describeTorn(path: string, wanted: number): string {
  const size = sizeOf(path);
  return size === null
    ? `its ${basename(path)} is missing`
    : `its ${basename(path)} has ${size} bytes instead of ${wanted}`;
}

function bestFirst(a: InstalledEngine, b: InstalledEngine): number {
  if (a.kind !== b.kind) return a.kind === 'cuda' ? -1 : 1;
  return b.tensorflow.localeCompare(a.tensorflow, 'en', { numeric: true });
}
