import { dirname } from 'node:path';
import { comparisonOf, sweepFolders } from '../../report/results-folder.ts';
import { errorLine } from '../../run/failures.ts';
import { nodesFolder } from '../../run/node-store.ts';
import { sweepState, type SweepState } from '../../run/sweep-status.ts';
import { EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import type { ListOptions } from '../program.ts';
import { runningReport } from '../status-report.ts';
import { statusText } from '../status-text.ts';

/**
 * `growbench status [RESULTS]`: where sweeps stand, read from their files alone, so that any terminal on any computer
 * that sees them can ask. Throws a UserError where there is no sweep.
 */
export async function status(path: string, options: ListOptions, io: Pick<Io, 'stdout'>): Promise<number> {
  const states: (readonly [folder: string, state: SweepState])[] = [];
  for (const folder of await sweepFolders(path)) {
    const comparison = await comparisonOf(folder);
    if (comparison !== null) states.push([folder, await sweepState(folder, nodesFolder(dirname(folder)), comparison)]);
  }
  io.stdout.write(
    options.json === true
      ? `${JSON.stringify(
          states.map(([folder, state]) => statusData(folder, state)),
          null,
          2,
        )}\n`
      : states.map(([folder, state]) => statusText(folder, state)).join('\n'),
  );
  return EXIT.done;
}

function statusData(folder: string, { plan, finished, failed, running, waiting }: SweepState): object {
  const named = ({ id, arm, seed }: SweepState['waiting'][number]) => ({ id, arm, seed });
  return {
    name: plan.comparison.name,
    folder,
    finished: finished.map(({ cell, result }) => ({ ...named(cell), status: result?.status })),
    running: running.map(runningReport),
    failed: failed.map(({ cell, error, log }) => ({ ...named(cell), error: errorLine(error ?? ''), log })),
    waiting: waiting.map(named),
  };
}
