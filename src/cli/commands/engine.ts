import { UserError } from '../../errors.ts';
import { renderDoctor } from '../doctor-report.ts';
import type { DoctorCommandOptions, InstallCommandOptions, ProbeCommandOptions } from '../engine-grammar.ts';
import type { EngineIo } from '../engine-tools.ts';
import { EXIT } from '../exit.ts';
import { InstallDisplay } from '../install-display.ts';
import { packageVersion } from '../version.ts';

/** `growbench engine install`. */
export async function install(options: InstallCommandOptions, io: EngineIo): Promise<number> {
  const tools = await io.openEngineTools();
  const kind = options.cuda === true ? 'cuda' : options.cpu === true ? 'cpu' : null;
  const { tensorflow = null, from = null } = options;
  const createdBy = `growbench ${packageVersion()}`;
  const goOn = 'What was downloaded stays: run the same command to go on.';
  return interruptible(io, goOn, async (signal, display) => {
    const { onEvent } = display;
    const outcome = await tools.installEngine({ kind, tensorflow, from, env: io.env, createdBy, signal, onEvent });
    display.end();
    const { name, folder } = outcome.engine;
    if (options.json === true) {
      io.stdout.write(`${JSON.stringify({ ...outcome.engine, fresh: outcome.fresh }, null, 2)}\n`);
      return EXIT.done;
    }
    io.stdout.write(`${name} ${outcome.fresh ? 'is installed in' : 'is there already:'} ${folder}\n`);
    const next = outcome.fresh
      ? 'engine: auto takes it from now on; growbench engine doctor tries it.'
      : `growbench engine doctor tries it; growbench engine remove ${name} makes room for a new one.`;
    io.stderr.write(`${next}\n`);
    return EXIT.done;
  });
}

/** `growbench engine doctor`: exit code 1 where an engine is broken or none works. */
export async function doctor(options: DoctorCommandOptions, io: EngineIo): Promise<number> {
  const tools = await io.openEngineTools();
  return interruptible(io, '', async (signal, display) => {
    const report = await tools.examine({
      env: io.env,
      fork: (argv) => io.fork(argv),
      signal,
      onEvent: display.onEvent,
    });
    display.end();
    io.stdout.write(options.json === true ? `${JSON.stringify(report, null, 2)}\n` : renderDoctor(report));
    const sound = report.engines.every(({ status }) => status === 'works');
    return sound ? EXIT.done : EXIT.cellsFailed;
  });
}

/** `growbench engine remove [NAME]`. */
export async function remove(name: string | null, io: EngineIo): Promise<number> {
  const tools = await io.openEngineTools();
  return interruptible(io, '', async (signal, display) => {
    const onWait = (holder: string, seconds: number) => {
      const text = `waiting for an install (${holder})`;
      display.onEvent({ type: 'progress', text, done: null, total: null, seconds });
    };
    const removed = await tools.removeEngine({ name, env: io.env, signal, onWait });
    display.end();
    io.stdout.write(`${removed} is removed\n`);
    return EXIT.done;
  });
}

/** The hidden `growbench engine probe NAME`: what doctor starts. Throws a UserError when started by hand. */
export async function probe(name: string, options: ProbeCommandOptions, io: EngineIo): Promise<number> {
  if (process.send === undefined) {
    throw new UserError('engine probe is started by engine doctor, not by hand', 'Run: growbench engine doctor');
  }
  const tools = await io.openEngineTools();
  await tools.serveProbe({ label: name, as: options.as, measure: options.measure === true }, io.env, {
    send: (report) => {
      process.send?.(report);
    },
  });
  return EXIT.done;
}

/** Runs work that the first Ctrl-C stops in order, and the second at once. */
async function interruptible(
  io: EngineIo,
  goOn: string,
  work: (signal: AbortSignal, display: InstallDisplay) => Promise<number>,
): Promise<number> {
  const controller = new AbortController();
  const display = new InstallDisplay(io.stderr);
  let release = (): void => undefined;
  const killed = new Promise<number>((resolve) => {
    release = io.onInterrupt(() => {
      if (controller.signal.aborted) resolve(EXIT.killed);
      controller.abort(new Error('interrupted'));
    });
  });
  try {
    return await Promise.race([work(controller.signal, display), killed]);
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    display.end();
    io.stderr.write(`stopped. ${goOn}\n`);
    return EXIT.interrupted;
  } finally {
    display.end();
    release();
  }
}
