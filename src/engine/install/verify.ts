import { join } from 'node:path';
import { UserError } from '../../errors.ts';
import { unknownAmounts, withHeartbeat, type OnEvent } from './events.ts';
import type { Environment } from './home.ts';
import { explainLoadFailure } from './load-failure.ts';
import { ADDON_PATH } from './release.ts';
import { runTool } from './tool.ts';

export interface VerifyOptions {
  /** The Node.js that is to load it. */
  readonly node: string;
  readonly env: Environment;
  readonly signal: AbortSignal;
  readonly onEvent: OnEvent;
}

/** Prints the version of the TensorFlow that the addon was linked with, so that an old library elsewhere shows. */
const SCRIPT = 'process.stdout.write(`TensorFlow ${require(process.argv[1]).TF_Version}\\n`)';

/**
 * Loads the addon of an engine's folder, in a process of its own since a broken one can take its process down. Throws
 * a UserError where it does not load, or is linked with another TensorFlow than `tensorflow`.
 */
export async function verifyAddon(folder: string, tensorflow: string, options: VerifyOptions): Promise<void> {
  const { node, env, signal, onEvent } = options;
  const quiet = { ...env, TF_CPP_MIN_LOG_LEVEL: '3', NODE_OPTIONS: '' };
  const work = runTool(node, ['-e', SCRIPT, join(folder, ADDON_PATH)], { env: quiet, signal });
  const { code, output } = await withHeartbeat(onEvent, 'loading the addon', unknownAmounts, work);
  const version = /^TensorFlow (\S+)$/m.exec(output)?.[1];
  if (code === 0 && version === tensorflow) return;
  if (code === 0 && version !== undefined) {
    throw new UserError(
      `the addon finds TensorFlow ${version} instead of ${tensorflow}`,
      'Unset LD_LIBRARY_PATH and LD_PRELOAD and run the same command again.',
    );
  }
  const { reason } = explainLoadFailure('', code === null ? `${output}\nended by a signal` : output);
  throw new UserError(`the addon was built but does not load: ${reason}`, 'engine: wasm works without it.');
}
