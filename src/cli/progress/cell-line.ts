import { clock, truncated } from '../format.ts';
import { cellTimeLeft } from './estimate.ts';
import type { RunningCell } from './progress.ts';
import { phaseText } from './wording.ts';

/** A running cell's line in parts, so that each can have its colour; joined, they are at most `columns` wide. */
export interface CellLine {
  readonly name: string;
  readonly bar: string;
  readonly text: string;
}

const NAME_WIDTH = 20;
const BAR_WIDTH = 10;

/**
 * `stack s0 ██████──── stage 2/2 step 450/700, loss 5.213, 0:42 left`. What matters least goes first as the terminal
 * narrows: the time left, then the stage, then the bar; the rest is cut, never wrapped.
 */
export function cellLine(cell: RunningCell, now: number, columns: number): CellLine {
  const seed = ` s${cell.cell.seed}`;
  const nameWidth = Math.min(NAME_WIDTH, Math.max(8, Math.floor(columns / 4)));
  const name = `${truncated(cell.cell.arm, nameWidth - seed.length)}${seed}`.padEnd(nameWidth);
  const left = cellTimeLeft(cell, now);
  const stage = cell.phase.name === 'pretraining' && cell.stages > 1 ? `stage ${cell.stage + 1}/${cell.stages} ` : '';
  const time = left === null ? '' : `, ${clock(left)} left`;
  const phase = phaseText(cell.phase);
  const bar = cell.since === null ? '' : ` ${drawBar(cell.done)}`;
  const variants = [
    { name, bar, text: ` ${stage}${phase}${time}` },
    { name, bar, text: ` ${stage}${phase}` },
    { name, bar, text: ` ${phase}` },
    { name, bar: '', text: ` ${phase}` },
  ];
  const fitting = variants.find((line) => line.name.length + line.bar.length + line.text.length <= columns);
  if (fitting !== undefined) return fitting;
  const shortName = truncated(name, columns);
  return { name: shortName, bar: '', text: truncated(` ${phase}`, columns - shortName.length) };
}

function drawBar(share: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * BAR_WIDTH);
  return '█'.repeat(full) + '─'.repeat(BAR_WIDTH - full);
}
