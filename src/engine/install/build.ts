import { readdirSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { compileAddon } from './compile.ts';
import { withHeartbeat, unknownAmounts, type OnEvent } from './events.ts';
import { fetchLibraries } from './fetch.ts';
import type { Environment } from './home.ts';
import { kernelsDigest } from './kernel-sources.ts';
import { thisPlatform, type EngineKind, type EngineManifest } from './manifest.ts';
import { fetchNodePackage } from './npm.ts';
import { ADDON_PATH, distribution, NODE_PACKAGE, PACKAGE_ENTRY, WHEELS_FOLDER } from './release.ts';
import type { Toolchain } from './requirements.ts';
import { pythonOfWheels, wheelTags } from './tags.ts';
import { verifyAddon } from './verify.ts';
import { hashFile } from './wheel.ts';

export interface BuildOptions {
  readonly kind: EngineKind;
  readonly tensorflow: string;
  readonly from: string | null;
  readonly toolchain: Toolchain;
  readonly downloads: string;
  readonly env: Environment;
  /** The Node.js that is to load the addon. */
  readonly node: string;
  readonly createdBy: string;
  readonly signal: AbortSignal;
  readonly onEvent: OnEvent;
}

/** Builds an engine in an empty folder: npm's package, the wheels' libraries, the addon, and last the manifest. */
export async function buildEngine(folder: string, options: BuildOptions): Promise<void> {
  const { kind, tensorflow, from, toolchain, env, onEvent } = options;
  onEvent({ type: 'step', text: `TensorFlow ${tensorflow} for ${kind === 'cpu' ? 'the CPU' : 'CUDA'} into ${folder}` });
  const python = from === null ? null : pythonOfWheels(from, distribution(kind));
  const wheels = await bothOrNeither(options.signal, (signal) => [
    fetchLibraries(kind, tensorflow, join(folder, WHEELS_FOLDER), {
      ...{ python: toolchain.python, downloads: options.downloads, from, tags: wheelTags(python) },
      ...{ env, signal, onEvent },
    }),
    fetchNodePackage(folder, { env, signal, onEvent }),
  ]);
  await compileAddon(folder, { ...options, compiler: toolchain.compiler });
  await verifyAddon(folder, tensorflow, options);
  const hashes = hashWheels(wheels);
  const manifest: EngineManifest = {
    format: 1,
    kind,
    tensorflow,
    nodePackage: NODE_PACKAGE,
    entry: PACKAGE_ENTRY,
    platform: thisPlatform(),
    wheels: await withHeartbeat(onEvent, 'hashing the wheels', unknownAmounts, hashes),
    addon: { path: ADDON_PATH, sha256: await hashFile(join(folder, ADDON_PATH)) },
    sizes: sizesIn(folder),
    kernels: kernelsDigest(),
    compiler: toolchain.compilerVersion,
    createdBy: options.createdBy,
    created: new Date().toISOString(),
  };
  await writeFile(join(folder, 'engine.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Bytes of all that the dynamic loader will map: a file that was cut short kills the process that touches it. */
function sizesIn(folder: string): NonNullable<EngineManifest['sizes']> {
  const libraries = readdirSync(join(folder, WHEELS_FOLDER), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(so|dylib)(\.|$)/.test(name))
    .map((name) => join(WHEELS_FOLDER, name));
  return Object.fromEntries([...libraries, ADDON_PATH].map((path) => [path, statSync(join(folder, path)).size]));
}

/** Runs two pieces of work side by side; when one fails the other is stopped and waited for. */
async function bothOrNeither<First>(
  outer: AbortSignal,
  start: (signal: AbortSignal) => readonly [Promise<First>, Promise<void>],
): Promise<First> {
  const controller = new AbortController();
  const work = start(AbortSignal.any([outer, controller.signal]));
  try {
    return (await Promise.all(work))[0];
  } catch (error) {
    controller.abort();
    await Promise.allSettled(work);
    throw error;
  }
}

const hashWheels = (paths: readonly string[]): Promise<EngineManifest['wheels']> =>
  Promise.all(paths.map(async (path) => ({ file: basename(path), sha256: await hashFile(path) })));
