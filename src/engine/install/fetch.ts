import { existsSync, rmSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { UserError } from '../../errors.ts';
import type { EngineKind } from './manifest.ts';
import { fetchWheel, type PipOptions } from './pip.ts';
import { CUDA_EXTRA, distribution, wantedOfNvidia, wantedOfTensorFlow } from './release.ts';
import { formatBytes } from './space.ts';
import { extraRequirements, openWheel, unpackWheel, type Wheel } from './wheel.ts';
import { CorruptArchiveError } from './zip.ts';
import { withHeartbeat } from './events.ts';

/** Fetches and unpacks the wheels of an engine side by side into `folder`; gives the wheels' paths. */
export async function fetchLibraries(
  kind: EngineKind,
  tensorflow: string,
  folder: string,
  options: PipOptions,
): Promise<string[]> {
  const requirement = `${distribution(kind)}==${tensorflow}`;
  const main = await fetchAndUnpack(requirement, wantedOfTensorFlow, folder, options);
  if (kind === 'cpu') return [main.path];
  const requirements = await extraRequirements(main, CUDA_EXTRA);
  if (requirements.length === 0) {
    throw new UserError(
      `TensorFlow ${tensorflow} has no "${CUDA_EXTRA}" extra to say which CUDA libraries it needs`,
      'Choose 2.14 or newer with --tensorflow X.Y.Z.',
    );
  }
  const paths = [main.path];
  for (const [i, needed] of requirements.entries()) {
    options.onEvent({ type: 'step', text: `CUDA library ${i + 1} of ${requirements.length}: ${needed}` });
    paths.push((await fetchAndUnpack(needed, wantedOfNvidia, folder, options)).path);
  }
  return paths;
}

/** A wheel of our own downloads that turns out to be damaged is fetched once more; a user's is the user's to mend. */
async function fetchAndUnpack(
  requirement: string,
  wanted: (name: string) => boolean,
  folder: string,
  options: PipOptions,
): Promise<Wheel> {
  for (let attempt = 1; ; attempt++) {
    const path = await fetchWheel(requirement, options);
    try {
      return await unpack(path, wanted, folder, options);
    } catch (error) {
      if (!(error instanceof CorruptArchiveError)) throw error;
      if (existsSync(path)) rmSync(path);
      if (attempt === 1 && options.from === null) continue;
      throw corrupt(basename(path), error, options.from);
    }
  }
}

async function unpack(
  path: string,
  wanted: (name: string) => boolean,
  folder: string,
  { signal, onEvent }: PipOptions,
): Promise<Wheel> {
  const wheel = await openWheel(path);
  const total = wheel.entries.filter(({ name }) => wanted(name)).reduce((sum, { size }) => sum + size, 0);
  let done = 0;
  onEvent({
    type: 'step',
    text: `${basename(path)}: ${formatBytes(statSync(path).size)}, unpacking ${formatBytes(total)}`,
  });
  const onBytes = (count: number) => {
    done += count;
  };
  const work = unpackWheel(wheel, folder, { wanted, onBytes, signal });
  await withHeartbeat(onEvent, `unpacking ${basename(path)}`, () => ({ done, total }), work);
  return wheel;
}

function corrupt(file: string, error: CorruptArchiveError, from: string | null): UserError {
  return new UserError(
    `the wheel ${file} is corrupt: ${error.message}`,
    from === null
      ? 'It was fetched twice, so a proxy or a mirror changes what passes (see: pip config list), or the disk fails.'
      : `Fetch it into ${from} anew, or leave --from out to download it.`,
    { cause: error },
  );
}
