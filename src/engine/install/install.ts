import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../errors.ts';
import { buildEngine } from './build.ts';
import { nvidiaDriver } from './driver.ts';
import type { OnEvent } from './events.ts';
import { findEngines, type InstalledEngine } from './find.ts';
import { downloadsFolder, enginesFolder, growbenchHome, type Environment } from './home.ts';
import { kernelsDigest } from './kernel-sources.ts';
import { withLock } from './lock.ts';
import { engineName, type EngineKind } from './manifest.ts';
import { DEFAULT_TENSORFLOW } from './release.ts';
import { checkRequirements } from './requirements.ts';
import { noSpace } from './space.ts';

export interface InstallOptions {
  /** Null chooses: CUDA where an NVIDIA driver is found. */
  readonly kind: EngineKind | null;
  /** Null takes the version that growbench is tested with. */
  readonly tensorflow: string | null;
  /** A folder of wheels to use instead of the package index. */
  readonly from: string | null;
  readonly env: Environment;
  /** The Node.js that is to load the engine; left out, the one that runs this. */
  readonly node?: string;
  /** `growbench 0.1.0`, for the manifest. */
  readonly createdBy: string;
  readonly signal: AbortSignal;
  readonly onEvent: OnEvent;
}

export interface InstallOutcome {
  readonly engine: InstalledEngine;
  /** False where it was there already. */
  readonly fresh: boolean;
}

/**
 * Puts an engine in place, whole or not at all: it is built in a folder beside and renamed when it has loaded. One that
 * is there, with the kernels of this growbench in it, is left as it is; two installs at once wait for each other. Throws a UserError for everything that the
 * machine lacks or that fails on the way; downloads stay for the next try.
 */
export async function installEngine(options: InstallOptions): Promise<InstallOutcome> {
  const { env, onEvent, signal } = options;
  const tensorflow = checkedVersion(options.tensorflow ?? DEFAULT_TENSORFLOW);
  if (options.from !== null && !existsSync(options.from)) {
    throw new UserError(`--from ${options.from}: there is no such folder`, 'Name a folder of wheels (*.whl).');
  }
  const kind = options.kind ?? (await chooseKind(env, onEvent));
  const home = growbenchHome(env);
  const name = engineName(kind, tensorflow);
  const already = currentEngine(home, name);
  if (already !== undefined) return { engine: already, fresh: false };

  onEvent({ type: 'step', text: 'checking python3, pip, npm, the C++ compiler and disk space' });
  const toolchain = await checkRequirements({ kind, home, env });
  const onWait = (holder: string, seconds: number) => {
    const text = `waiting for another install (${holder})`;
    onEvent({ type: 'progress', text, done: null, total: null, seconds });
  };
  try {
    return await withLock(enginesFolder(home), { signal, onWait }, async () => {
      const others = currentEngine(home, name);
      if (others !== undefined) return { engine: others, fresh: false };
      const building = await emptyBuildFolder(home, name);
      const downloads = join(downloadsFolder(home), name);
      await mkdir(downloads, { recursive: true });
      try {
        await buildEngine(building, { node: process.execPath, ...options, kind, tensorflow, toolchain, downloads });
        await putInPlace(building, join(enginesFolder(home), name));
      } finally {
        // There only where one of these failed: a gigabyte that nobody would look for.
        await rm(building, { recursive: true, force: true, maxRetries: 10 });
      }
      await rm(downloads, { recursive: true, force: true });
      return { engine: engineNamed(home, name)!, fresh: true };
    });
  } catch (error) {
    throw mendable(error, home);
  }
}

function checkedVersion(version: string): string {
  if (/^\d+\.\d+\.\d+(?:rc\d+|\.post\d+)?$/.test(version)) return version;
  throw new UserError(`--tensorflow must be a version such as ${DEFAULT_TENSORFLOW}, not "${version}"`, '');
}

async function chooseKind(env: Environment, onEvent: OnEvent): Promise<EngineKind> {
  const driver = await nvidiaDriver(env);
  const text =
    driver === null
      ? 'no NVIDIA driver is found: installing for the CPU (--cuda installs for CUDA all the same)'
      : `NVIDIA driver ${driver.version} is found: installing for CUDA (--cpu installs for the CPU)`;
  onEvent({ type: 'step', text });
  return driver === null ? 'cpu' : 'cuda';
}

const engineNamed = (home: string, name: string): InstalledEngine | undefined =>
  findEngines(home).find((engine) => engine.name === name);

/** One whose kernels are another growbench's counts as not there, and is built anew. */
const currentEngine = (home: string, name: string): InstalledEngine | undefined => {
  const engine = engineNamed(home, name);
  return engine?.kernels === kernelsDigest() ? engine : undefined;
};

/** Whoever holds the lock is alone, so every other build folder was left by an install that was killed. */
async function emptyBuildFolder(home: string, name: string): Promise<string> {
  const engines = enginesFolder(home);
  const left = (await readdir(engines)).filter((entry) => entry.startsWith('.building-'));
  // Its npm may still be writing there for a moment, hence the retries, and a name that it does not know.
  for (const entry of left) await rm(join(engines, entry), { recursive: true, force: true, maxRetries: 10 });
  const folder = join(engines, `.building-${name}-${String(process.pid)}`);
  await mkdir(folder);
  return folder;
}

async function putInPlace(building: string, folder: string): Promise<void> {
  // What `findEngines` did not take for an engine cannot be in use.
  await rm(folder, { recursive: true, force: true });
  await rename(building, folder);
}

function mendable(error: unknown, home: string): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOSPC' || code === 'EDQUOT') return noSpace(home);
  if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS' && code !== 'ENOTDIR') return error;
  return new UserError(
    `${home} cannot be written to`,
    'Name another folder: GROWBENCH_HOME=DIR (for every growbench command).',
    { cause: error },
  );
}
