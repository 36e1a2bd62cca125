import { Box, Static, Text } from 'ink';
import { statusOf } from '../../report/outcomes.ts';
import { truncated } from '../format.ts';
import { frameOf, type FrameOptions } from './frame.ts';
import type { Line } from './node-lines.ts';
import type { FinishedCell, Progress } from './progress.ts';
import { cellName, engineText, resultText } from './wording.ts';

export interface SweepViewProps extends FrameOptions {
  readonly progress: Progress;
  readonly colour: boolean;
}

/** A sweep in progress: finished cells scroll up, running nodes are redrawn, the totals stand last. */
export function SweepView({ progress, colour, ...options }: SweepViewProps) {
  const { lines, totals, width } = frameOf(progress, options);
  return (
    <>
      <Static items={scrolled(progress)}>
        {(item) =>
          item.kind === 'engine' ? (
            <Text key="engine">{item.text}</Text>
          ) : (
            <Finished
              key={item.cell.cell.id}
              finished={item.cell}
              width={width}
              colour={colour}
              glyphs={options.glyphs}
            />
          )
        }
      </Static>
      <Box flexDirection="column">
        {lines.map((line, index) => (
          <Drawn key={index} line={line} colour={colour} />
        ))}
        <Text wrap="truncate" {...when(colour, { bold: true })}>
          {totals}
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

function Finished({
  finished: { cell, record },
  width,
  colour,
  glyphs,
}: Pick<SweepViewProps, 'colour' | 'glyphs'> & { readonly finished: FinishedCell; readonly width: number }) {
  const isDone = statusOf(record) === 'done';
  const text = ` ${cellName(cell)}: ${resultText(record)}`;
  return (
    <Text wrap="truncate">
      <Text {...when(colour, { color: isDone ? 'green' : 'red' })}>{isDone ? glyphs.done : glyphs.failed}</Text>
      <Text>{truncated(text, width - 1, glyphs.cut)}</Text>
    </Text>
  );
}

const Drawn = ({ line, colour }: { readonly line: Line; readonly colour: boolean }) => (
  <Text wrap="truncate">
    {line.map(({ text, accent }, index) => (
      <Text key={index} {...when(colour && accent, { color: 'cyan' })}>
        {text}
      </Text>
    ))}
  </Text>
);

const when = <Props extends object>(condition: boolean, props: Props): Props | object => (condition ? props : {});
