import { parentChannel, serveNodes } from '../../run/worker.ts';
import { EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import type { WorkerOptions } from '../program.ts';

/** `growbench worker`: runs the nodes that its parent process sends. Throws a UserError when started by hand. */
export async function worker(options: WorkerOptions, io: Pick<Io, 'openTrainer'>): Promise<number> {
  const { entry = null, why, threads } = options;
  await serveNodes(parentChannel(), () =>
    io.openTrainer(options.engine, {
      entry,
      ...(why === undefined ? {} : { why }),
      ...(threads === undefined ? {} : { threads }),
    }),
  );
  return EXIT.done;
}
