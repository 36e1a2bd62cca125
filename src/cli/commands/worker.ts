import { parentChannel, serveCells } from '../../run/worker.ts';
import { EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import type { WorkerOptions } from '../program.ts';

/** `growbench worker`: trains the cells that its parent process sends. Throws a UserError when started by hand. */
export async function worker(options: WorkerOptions, io: Pick<Io, 'openTrainer'>): Promise<number> {
  await serveCells(parentChannel(), () =>
    io.openTrainer(options.engine, options.threads === undefined ? {} : { threads: options.threads }),
  );
  return EXIT.done;
}
