import type { InstallEvent } from '../engine/install/index.ts';
import type { Output } from './io.ts';

/** Often enough that nobody wonders, seldom enough for a log. */
const PLAIN_INTERVAL_MS = 1900;
/** Work that has not been heard of for longer has ended. */
const RECENT_MS = 1500;

/** Shows an install on stderr: one line that is rewritten on a terminal, a line every two seconds elsewhere. */
export class InstallDisplay {
  readonly #output: Output;
  readonly #running = new Map<string, { readonly text: string; readonly heard: number }>();
  #drawn = false;
  #written = Number.NEGATIVE_INFINITY;

  constructor(output: Output) {
    this.#output = output;
  }

  readonly onEvent = (event: InstallEvent): void => {
    const now = performance.now();
    switch (event.type) {
      case 'step':
        this.#running.clear();
        this.end();
        this.#output.write(`${event.text}\n`);
        this.#written = now;
        break;
      case 'progress':
        this.#running.set(event.text, { text: describe(event), heard: now });
        this.#show(now);
        break;
    }
  };

  /** Clears the line in progress, so that what follows stands by itself. */
  end(): void {
    if (this.#drawn) this.#output.write('\r\u001B[2K');
    this.#drawn = false;
  }

  #show(now: number): void {
    const recent = [...this.#running.values()].filter(({ heard }) => now - heard < RECENT_MS);
    const line = recent.map(({ text }) => text).join(' · ');
    if (this.#output.isTTY === true) {
      // One column stays free: some terminals wrap a line that fills the last one.
      this.#output.write(`\r\u001B[2K${line.slice(0, (this.#output.columns ?? 80) - 1)}`);
      this.#drawn = true;
    } else if (now - this.#written >= PLAIN_INTERVAL_MS) {
      this.#output.write(`  ${line}\n`);
      this.#written = now;
    }
  }
}

function describe({ text, done, total, seconds }: Extract<InstallEvent, { type: 'progress' }>): string {
  if (done === null || total === null) return `${text} … ${seconds.toFixed(0)} s`;
  return `${text}: ${megabytes(Math.min(done, total))} of ${megabytes(total)} MB`;
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);
