import { engineering } from './format.ts';
import type { Io } from './io.ts';

/** What is done by then needs no words; and the time between two lines. */
const LINE_MS = 1500;

/** Tells on stderr how far the reading of large files is, which decides what a sweep is made of. */
export function tellReading({ stderr }: Pick<Io, 'stderr'>): (done: number, of: number) => void {
  let told = performance.now();
  return (done, of) => {
    if (performance.now() - told < LINE_MS) return;
    told = performance.now();
    stderr.write(`reading ${engineering(of)}B of text: ${Math.floor((100 * done) / Math.max(done, of))}%\n`);
  };
}
