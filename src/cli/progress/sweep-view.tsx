import { Box, Static, Text } from 'ink';
import { statusOf } from '../../report/outcomes.ts';
import { truncated } from '../format.ts';
import { cellLine } from './cell-line.ts';
import type { FinishedCell, Progress, RunningCell } from './progress.ts';
import { engineText, resultText, totalsText } from './wording.ts';

export interface SweepViewProps {
  readonly progress: Progress;
  /** A line for the user that is no part of the progress, or empty. */
  readonly notice: string;
  /** Milliseconds, on the clock of the progress. */
  readonly now: number;
  /** Size of the terminal in characters. */
  readonly columns: number;
  readonly rows: number;
  readonly colour: boolean;
}

/** Lines kept free below the running cells: a count of cells not shown, a notice, the totals, and the cursor's. */
const RESERVED_ROWS = 4;

/** A sweep in progress: finished cells scroll up, running ones are redrawn, the totals stand last. */
export function SweepView({ progress, notice, now, columns, rows, colour }: SweepViewProps) {
  const fitting = progress.running.slice(0, Math.max(1, rows - RESERVED_ROWS));
  const hidden = progress.running.length - fitting.length;
  // A character short of the edge: some terminals wrap a line that fills the last column.
  const width = Math.max(1, columns - 1);
  return (
    <>
      <Static items={scrolled(progress)}>
        {(item) =>
          item.kind === 'engine' ? (
            <Text key="engine">{item.text}</Text>
          ) : (
            <Finished key={item.cell.cell.id} finished={item.cell} width={width} colour={colour} />
          )
        }
      </Static>
      <Box flexDirection="column">
        {fitting.map((cell) => (
          <Running key={cell.cell.id} running={cell} now={now} width={width} colour={colour} />
        ))}
        {hidden > 0 && <Text wrap="truncate">… and {hidden} more</Text>}
        {notice !== '' && <Text>{notice}</Text>}
        <Text wrap="truncate" {...when(colour, { bold: true })}>
          {truncated(progress.cells.length === 0 ? 'reading records' : totalsText(progress, now), width)}
        </Text>
      </Box>
    </>
  );
}

type Scrolled =
  { readonly kind: 'engine'; readonly text: string } | { readonly kind: 'cell'; readonly cell: FinishedCell };

/** What is said once, in order: the list only ever grows at its end. */
function scrolled({ engine, finished }: Progress): Scrolled[] {
  const cells = finished.map((cell): Scrolled => ({ kind: 'cell', cell }));
  return engine === null ? cells : cells.toSpliced(engine.after, 0, { kind: 'engine', text: engineText(engine) });
}

const MARKS = { done: '✓', diverged: '✗', failed: '✗', pending: ' ' } as const;

function Finished({ finished, width, colour }: { finished: FinishedCell; width: number; colour: boolean }) {
  const { cell, record } = finished;
  const status = statusOf(record);
  const text = `${cell.arm} seed ${cell.seed}: ${resultText(record)}`;
  return (
    <Text wrap="truncate">
      <Text {...when(colour, { color: status === 'done' ? 'green' : 'red' })}>{MARKS[status]}</Text>
      <Text>{truncated(` ${text}`, width - 1)}</Text>
    </Text>
  );
}

function Running({
  running,
  now,
  width,
  colour,
}: {
  running: RunningCell;
  now: number;
  width: number;
  colour: boolean;
}) {
  const { name, bar, text } = cellLine(running, now, width);
  return (
    <Text wrap="truncate">
      {name}
      <Text {...when(colour, { color: 'cyan' })}>{bar}</Text>
      {text}
    </Text>
  );
}

const when = <Props extends object>(colour: boolean, props: Props): Props | object => (colour ? props : {});
