import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../errors.ts';
import { unknownAmounts, withHeartbeat, type OnEvent } from './events.ts';
import type { Environment } from './home.ts';
import { NODE_HEADERS, NODE_PACKAGE } from './release.ts';
import { noSpace } from './space.ts';
import { lastLines, runTool } from './tool.ts';

export interface NpmOptions {
  readonly env: Environment;
  readonly signal: AbortSignal;
  readonly onEvent: OnEvent;
}

/**
 * Has npm put tfjs-node and the headers for addons into `folder`, without install scripts: tfjs-node's would download
 * a TensorFlow of its own. npm checks what it fetches against the registry's hashes. Throws a UserError where it fails.
 */
export async function fetchNodePackage(folder: string, { env, signal, onEvent }: NpmOptions): Promise<void> {
  const dependencies = { [NODE_PACKAGE.name]: NODE_PACKAGE.version, [NODE_HEADERS.name]: NODE_HEADERS.version };
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  const work = runTool('npm', ['install', ...NPM_FLAGS, '--prefix', folder], { env, cwd: folder, signal });
  const { code, output } = await withHeartbeat(onEvent, `fetching ${NODE_PACKAGE.name} (npm)`, unknownAmounts, work);
  if (code === 0) return;
  if (/ENOSPC|EDQUOT/.test(output)) throw noSpace(folder);
  throw new UserError(
    `npm could not fetch ${NODE_PACKAGE.name}:\n${lastLines(output)}`,
    'Check the network and npm’s settings (npm config list) and run the same command again.',
  );
}

/** `--global=false` because npm hands the settings of a running `npm install -g` down to its children. */
const NPM_FLAGS = [
  ...['--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund', '--no-update-notifier'],
  ...['--loglevel=error', '--global=false', '--prefer-offline'],
];
