import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Provenance } from '../report/meta.ts';
import { PACKAGE_ROOT, packageVersion } from './version.ts';

const run = promisify(execFile);

/** Which growbench this is: its version and, in a checkout, its commit, marked `+` where tracked files have changed. */
export async function provenance(): Promise<Provenance> {
  const version = packageVersion();
  // An installed package may lie inside the checkout of somebody else's project: that commit would say nothing.
  if (!existsSync(new URL('.git', PACKAGE_ROOT))) return { version, commit: null };
  try {
    const git = async (...args: string[]) =>
      (await run('git', args, { cwd: fileURLToPath(PACKAGE_ROOT) })).stdout.trim();
    const commit = await git('rev-parse', 'HEAD');
    const changed = await git('status', '--porcelain', '--untracked-files=no');
    return { version, commit: changed === '' ? commit : `${commit}+` };
  } catch {
    // Without git, or before the first commit, there is no commit to name.
    return { version, commit: null };
  }
}
