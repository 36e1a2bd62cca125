import type { SweepEvent } from '../../run/events.ts';
import type { Io } from '../io.ts';
import { canDraw } from '../terminal.ts';
import { openLines } from './plain.ts';

/** Where the events of a sweep are shown, until it is closed. */
export interface Display {
  show(event: SweepEvent): void;
  /** Shows a line that no event stands behind. */
  say(text: string): void;
  close(): void;
}

const SILENT: Display = { show: () => undefined, say: () => undefined, close: () => undefined };

/**
 * Opens the display that suits stderr: drawn on a terminal, plain lines in a pipe, in continuous integration and on a
 * terminal that cannot move its cursor. React and ink are loaded only to draw.
 */
export async function openDisplay(
  io: Pick<Io, 'stderr' | 'env'>,
  options: { readonly quiet: boolean; readonly draw: boolean },
): Promise<Display> {
  if (options.quiet) return SILENT;
  if (options.draw && canDraw(io)) return (await import('./drawn.tsx')).openDrawn(io);
  return openLines(io);
}
