import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { UserError } from '../../errors.ts';
import { withHeartbeat, type OnEvent } from './events.ts';
import type { Environment } from './home.ts';
import { noSpace } from './space.ts';
import { lastLines, runTool } from './tool.ts';

export interface PipOptions {
  readonly python: string;
  readonly env: Environment;
  /** Where wheels are put; one that is already there with the index's hash is not fetched again. */
  readonly downloads: string;
  /** A folder of wheels to take them from, instead of the package index; null for the index. */
  readonly from: string | null;
  /** See `wheelTags`. */
  readonly tags: readonly string[];
  readonly signal: AbortSignal;
  readonly onEvent: OnEvent;
}

const UNITS: Readonly<Record<string, number>> = { kB: 1e3, MB: 1e6, GB: 1e9 };

/**
 * Has pip fetch the wheel that satisfies a requirement, so that the user's mirrors, proxies and certificates hold; pip
 * checks it against the hash of the index. Gives its path. Throws a UserError where pip cannot.
 */
export async function fetchWheel(requirement: string, options: PipOptions): Promise<string> {
  const { downloads, env, signal } = options;
  const temporary = join(downloads, '.pip');
  // What a killed pip left there can be neither used nor continued.
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  let total: number | null = null;
  const download = runTool(options.python, pipArguments(requirement, options), {
    // pip streams a download into its temporary folder: this one's size is how far it has come.
    env: { ...env, TMPDIR: temporary, PIP_REQUIRE_VIRTUALENV: '0' },
    signal,
    onLine: (line) => {
      const size = /^\s*(?:Downloading|Using cached) \S+ \(([\d.]+) (kB|MB|GB)\)/.exec(line);
      if (size !== null) total = Number(size[1]) * UNITS[size[2]!]!;
    },
  });
  const amounts = () => ({ done: total === null ? null : bytesIn(temporary), total });
  const { code, output } = await withHeartbeat(options.onEvent, `downloading ${requirement}`, amounts, download);
  rmSync(temporary, { recursive: true, force: true });
  const saved = /(?:Saved|File was already downloaded) (.+\.whl)/.exec(output)?.[1];
  if (code !== 0 || saved === undefined) throw explain(requirement, output, options);
  return join(downloads, basename(saved));
}

function pipArguments(requirement: string, { downloads, from, tags }: PipOptions): string[] {
  return [
    ...['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--no-input', '--disable-pip-version-check'],
    ...['--progress-bar', 'off', '--dest', downloads, ...tags],
    ...(from === null ? [] : ['--no-index', '--find-links', from]),
    requirement,
  ];
}

/** The size of the largest file: pip writes a second copy for its cache beside the one that it will save. */
function bytesIn(folder: string): number {
  // pip may remove a file between the listing and the look.
  const sizes = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(
    (name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0,
  );
  return Math.max(0, ...sizes);
}

function explain(requirement: string, output: string, { from, downloads }: PipOptions): UserError {
  if (/No space left on device|Disk quota exceeded/.test(output)) return noSpace(downloads);
  if (/No matching distribution|Could not find a version/.test(output)) {
    const versions = /from versions: ([^)]*)\)/.exec(output)?.[1] ?? 'none';
    const where = from === null ? 'the package index' : from;
    return new UserError(
      `${where} has no wheel of ${requirement} for this machine (versions that it has: ${versions})`,
      from === null
        ? 'Choose one of these with --tensorflow X.Y.Z, or bring the wheels yourself with --from DIR.'
        : `Put the wheel there: python3 -m pip download --no-deps --dest ${from} '${requirement}'`,
    );
  }
  if (from !== null && /^ERROR: .*wheel .*invalid/im.test(output)) {
    return new UserError(
      `the wheel of ${requirement} in ${from} is corrupt:\n${lastLines(output)}`,
      `Fetch it into ${from} anew, or leave --from out to download it.`,
    );
  }
  if (/DO NOT MATCH THE HASHES|bad hash/.test(output)) {
    return new UserError(
      `the downloaded wheel of ${requirement} has not the hash that the package index gives:\n${lastLines(output)}`,
      'Run the same command again; if it stays so, a proxy or a mirror changes what passes (see: pip config list).',
    );
  }
  return new UserError(
    `pip could not fetch ${requirement}:\n${lastLines(output)}`,
    'Check the network and pip’s settings (pip config list) and run the same command again: what is downloaded ' +
      'stays. Without a network: --from DIR, a folder of wheels.',
  );
}
