import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { suggest, UserError } from '../../errors.ts';
import { inspectEngines } from './find.ts';
import { downloadsFolder, enginesFolder, growbenchHome, type Environment } from './home.ts';
import { withLock, type LockOptions } from './lock.ts';

export interface RemoveOptions extends LockOptions {
  /** Null removes the only one. */
  readonly name: string | null;
  readonly env: Environment;
}

/**
 * Removes an engine, also a broken one, and gives its name. Throws a UserError where none or several could be meant.
 * A process that has it loaded goes on: its files stay until it ends.
 */
export async function removeEngine(options: RemoveOptions): Promise<string> {
  const home = growbenchHome(options.env);
  return withLock(enginesFolder(home), options, async () => {
    const { engines, unusable } = inspectEngines(home);
    const chosen = choose([...engines, ...unusable], options.name);
    const aside = join(dirname(chosen.folder), `.building-removed-${chosen.name}`);
    // Renamed first: a removal that is killed halfway leaves no half engine under the name.
    await rename(chosen.folder, aside);
    await rm(aside, { recursive: true, force: true });
    await rm(join(downloadsFolder(home), chosen.name), { recursive: true, force: true });
    return chosen.name;
  });
}

interface Named {
  readonly name: string;
  readonly folder: string;
}

function choose(engines: readonly Named[], name: string | null): Named {
  const names = engines.map((engine) => engine.name);
  if (engines.length === 0) throw new UserError('no engine is installed', '');
  if (name === null) {
    if (engines.length === 1) return engines[0]!;
    throw new UserError('several engines are installed', `Name one: ${names.join(', ')}`);
  }
  const chosen = engines.find((engine) => engine.name === name);
  if (chosen !== undefined) return chosen;
  throw new UserError(`there is no engine "${name}"`, `${suggest(name, names)}Installed: ${names.join(', ')}`);
}
