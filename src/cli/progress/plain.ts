import { clock } from '../format.ts';
import type { Io } from '../io.ts';
import { isSet } from '../terminal.ts';
import type { Display } from './display.ts';
import { heartbeat, linesFor } from './lines.ts';
import { advance, NOTHING_YET, type Progress } from './progress.ts';

/** A log that says nothing for longer than this looks dead. */
const LONGEST_SILENCE = 10_000;
/** Before the first training step people wonder sooner whether anything happens at all. */
const LONGEST_SILENCE_AT_START = 2_000;
/** In continuous integration nobody watches, and logs are kept. */
const LONGEST_SILENCE_IN_CI = 30_000;
const TICK = 500;

/** Shows a sweep as lines with the time since its start, and says something at least every ten seconds; in CI, thirty. */
export function openLines({ stderr, env }: Pick<Io, 'stderr' | 'env'>): Display {
  const inCi = isSet(env.CI);
  let progress = NOTHING_YET;
  let spoken = performance.now();
  const say = (text: string, now: number) => {
    stderr.write(`[${clock(now - progress.started)}] ${text}\n`);
    spoken = now;
  };
  const timer = setInterval(() => {
    const now = performance.now();
    const silence = inCi ? LONGEST_SILENCE_IN_CI : hasTrained(progress) ? LONGEST_SILENCE : LONGEST_SILENCE_AT_START;
    if (isUnderWay(progress) && now - spoken >= silence - TICK) say(heartbeat(progress, now), now);
  }, TICK);
  return {
    show(event) {
      const now = performance.now();
      const before = progress;
      progress = advance(before, event, now);
      for (const line of linesFor(event, before, progress, now)) say(line, now);
    },
    say(text) {
      say(text, performance.now());
    },
    close() {
      clearInterval(timer);
    },
  };
}

/** Also while all that is left is run by other processes. */
const isUnderWay = ({ cells, ended }: Progress): boolean => cells.length > 0 && ended === 'no';

const hasTrained = ({ running, finished, speeds }: Progress): boolean =>
  running.some(({ first }) => first !== null) || speeds.size > 0 || finished.length > 0;
