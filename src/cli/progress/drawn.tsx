import { render } from 'ink';
import type { Io } from '../io.ts';
import { wantsColour, type Display } from './display.ts';
import { asideText } from './wording.ts';
import { advance, NOTHING_YET } from './progress.ts';
import { SweepView } from './sweep-view.tsx';

/** Four frames a second: times run smoothly, and drawing costs the workers nothing that shows. */
const FRAME = 250;

/** Draws a sweep on the terminal behind stderr until closed; the last frame stays. */
export function openDrawn(io: Pick<Io, 'stderr' | 'env'>): Display {
  const colour = wantsColour(io.stderr, io.env);
  let progress = NOTHING_YET;
  let notice = '';
  const view = () => (
    <SweepView
      progress={progress}
      notice={notice}
      now={Date.now()}
      columns={io.stderr.columns ?? 80}
      rows={io.stderr.rows ?? 24}
      colour={colour}
    />
  );
  // ink calls the stream that it draws on stdout; ours is stderr, so that data can be piped on while it draws.
  const streams: object = { stdout: io.stderr, stderr: io.stderr };
  const screen = render(view(), { ...streams, exitOnCtrlC: false, patchConsole: false });
  const timer = setInterval(() => {
    screen.rerender(view());
  }, FRAME);
  return {
    show(event) {
      progress = advance(progress, event, Date.now());
      if (event.type === 'cell-retried' || event.type === 'cell-elsewhere') {
        const cell = progress.cells.find(({ id }) => id === event.id);
        notice = `${cell?.arm ?? ''} seed ${cell?.seed ?? ''}: ${asideText(event)}`;
      }
    },
    say(text) {
      notice = text;
    },
    close() {
      clearInterval(timer);
      screen.rerender(view());
      screen.unmount();
    },
  };
}
