/** Exit codes of every command; 70 and 75 are those of BSD's sysexits.h, 130 is 128 + SIGINT. */
export const EXIT = {
  done: 0,
  /** The sweep ran, but cells failed or diverged. */
  cellsFailed: 1,
  /** Data of tasks were checked, and some cannot be read. */
  dataUnread: 1,
  /** A comparison was made, and a gate was tripped. */
  gateTripped: 1,
  /** The user's mistake, or something outside growbench that the user has to mend. */
  mistake: 2,
  /** A bug of ours. */
  bug: 70,
  /** Interrupted; the same command goes on. */
  interrupted: 75,
  /** Interrupted a second time: stopped on the spot. */
  killed: 130,
} as const;
