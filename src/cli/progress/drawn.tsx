import { render } from 'ink';
import type { SweepEvent } from '../../run/events.ts';
import type { Io } from '../io.ts';
import { wantsColour } from '../terminal.ts';
import type { Display } from './display.ts';
import { frameOf, type Frame } from './frame.ts';
import { glyphsFor } from './glyphs.ts';
import { knownNode } from './lines.ts';
import { advance, NOTHING_YET, type Progress } from './progress.ts';
import { eraseWrapped } from './resize.ts';
import { SweepView } from './sweep-view.tsx';
import { asideText, nodeLabel } from './wording.ts';

/** Four frames a second: times run smoothly, and drawing costs the workers nothing that shows. */
const FRAME = 250;
/** ink would put a frame off; what is on the terminal must be known when it is resized. */
const UNTHROTTLED = 1000;
/** How long a notice of what happened to a node stays. */
const NOTICE = 60_000;

/** Draws a sweep on the terminal behind stderr until closed; the last frame stays. */
export function openDrawn({ stderr, env }: Pick<Io, 'stderr' | 'env'>): Display {
  const [colour, glyphs] = [wantsColour(stderr, env), glyphsFor(env)];
  let progress = NOTHING_YET;
  let notice = { text: '', until: Infinity };
  let frame: Frame | null = null;
  let columns = stderr.columns ?? 80;
  const view = () => {
    const now = performance.now();
    columns = stderr.columns ?? 80;
    const rows = stderr.rows ?? 24;
    const options = { notice: now < notice.until ? notice.text : '', now, columns, rows, glyphs };
    frame = frameOf(progress, options);
    return <SweepView progress={progress} colour={colour} {...options} />;
  };
  const resized = () => {
    const now = stderr.columns ?? 80;
    if (frame !== null) stderr.write(eraseWrapped(frame, columns, now, env));
    columns = now;
  };
  // Before ink's own, which erases as many rows as the frame had when it was drawn.
  stderr.on('resize', resized);
  // ink calls the stream that it draws on stdout; ours is stderr, so that data can be piped on while it draws.
  const streams: object = { stdout: stderr, stderr };
  const screen = render(view(), { ...streams, exitOnCtrlC: false, patchConsole: false, maxFps: UNTHROTTLED });
  const draw = () => {
    screen.rerender(view());
  };
  stderr.on('resize', draw);
  const timer = setInterval(draw, FRAME);
  return {
    show(event) {
      const now = performance.now();
      const text = noticeOf(event, progress);
      if (text !== null) notice = { text, until: now + NOTICE };
      progress = advance(progress, event, now);
    },
    say(text) {
      notice = { text, until: Infinity };
    },
    close() {
      clearInterval(timer);
      draw();
      screen.unmount();
      stderr.off('resize', resized).off('resize', draw);
    },
  };
}

/** What a notice says of an event; a node that fails is told of in the lines of its cells. */
function noticeOf(event: SweepEvent, progress: Progress): string | null {
  if (event.type !== 'node-retried' && event.type !== 'node-elsewhere') return null;
  const own = knownNode(progress, event.address);
  return own === undefined ? null : `${nodeLabel(own)}: ${asideText(event)}`;
}
