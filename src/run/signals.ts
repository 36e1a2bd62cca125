/**
 * What asks growbench to stop in good order: Ctrl-C, `kill`, and the warning that Slurm gives before it preempts a job
 * (`--signal=USR2`). Windows has no SIGUSR2.
 */
export const STOP_SIGNALS: readonly NodeJS.Signals[] =
  process.platform === 'win32' ? ['SIGINT', 'SIGTERM'] : ['SIGINT', 'SIGTERM', 'SIGUSR2'];

/** No hand presses twice within so many milliseconds. */
const ONE_PRESS_MS = 250;

/**
 * Calls `handler` for each request to stop, until the returned function is called. What comes right after another is the
 * same request: `timeout` signals its command and then the whole group, and `npx` passes on a Ctrl-C that the terminal
 * has sent to both.
 */
export function onStopRequest(handler: () => void): () => void {
  let last = -Infinity;
  const heard = () => {
    const now = performance.now();
    if (now - last < ONE_PRESS_MS) return;
    last = now;
    handler();
  };
  for (const signal of STOP_SIGNALS) process.on(signal, heard);
  return () => {
    for (const signal of STOP_SIGNALS) process.off(signal, heard);
  };
}
