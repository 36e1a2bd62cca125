/**
 * What asks growbench to stop in good order: Ctrl-C, `kill`, and the warning that Slurm gives before it preempts a job
 * (`--signal=USR2`). Windows has no SIGUSR2.
 */
export const STOP_SIGNALS: readonly NodeJS.Signals[] =
  process.platform === 'win32' ? ['SIGINT', 'SIGTERM'] : ['SIGINT', 'SIGTERM', 'SIGUSR2'];
