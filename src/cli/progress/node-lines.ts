import { clock, engineering, truncated } from '../format.ts';
import { nodeTimeLeft } from './estimate.ts';
import type { Glyphs } from './glyphs.ts';
import { tokensPerSecond, type RunningNode } from './running-node.ts';
import { sparkline } from './sparkline.ts';
import { lossText, nodeText, phaseText } from './wording.ts';

/** A stretch of a line that can have a colour of its own. */
export interface Piece {
  readonly text: string;
  readonly accent: boolean;
}

export type Line = readonly Piece[];

export const widthOf = (line: Line): number => line.reduce((sum, { text }) => sum + text.length, 0);

/** What of a node's line is shown beside its name, its step and its loss. */
interface Detail {
  /** Characters; 0 for none. */
  readonly bar: number;
  readonly losses: number;
  readonly shared: 'words' | 'number' | 'no';
  readonly speed: boolean;
  readonly left: boolean;
  readonly what: boolean;
}

const EVERYTHING: Detail = { bar: 10, losses: 20, shared: 'words', speed: true, left: true, what: true };

/** What goes as the terminal narrows, what matters least first. */
const REDUCTIONS: readonly Partial<Detail>[] = [
  { bar: 0 },
  { losses: 10 },
  { shared: 'number' },
  { losses: 6 },
  { speed: false },
  { shared: 'no' },
  { losses: 0 },
  { left: false },
  { what: false },
];

const DETAILS: readonly Detail[] = REDUCTIONS.reduce<readonly Detail[]>(
  (all, reduction) => [...all, { ...all.at(-1)!, ...reduction }],
  [EVERYTHING],
);

/**
 * The lines of running nodes, one below the other in columns, at most `columns` wide:
 * `stack seed 0 +4 arms stage 2/3 ████────── 450/700 loss 5.213 ▇▅▃▂▁▁ 12.3k tokens/s 0:42 left`. As the terminal
 * narrows all lines give up the same parts, so that they stay in columns; the rest is cut, never wrapped.
 */
export function nodeLines(nodes: readonly RunningNode[], now: number, columns: number, glyphs: Glyphs): Line[] {
  const name = Math.max(8, Math.floor(columns / 3));
  const tables = DETAILS.map((detail) => () => inColumns(nodes.map((node) => cells(node, now, name, detail, glyphs))));
  for (const table of tables) {
    const lines = table();
    if (lines.every((line) => widthOf(line) <= columns)) return lines;
  }
  return tables.at(-1)!().map((line) => cutTo(line, columns, glyphs));
}

interface Cell extends Piece {
  /** Numbers stand at the right. */
  readonly right?: boolean;
  /** Takes what is left of the line, with no column to keep to. */
  readonly free?: boolean;
}

function cells(node: RunningNode, now: number, width: number, detail: Detail, glyphs: Glyphs): Cell[] {
  const { phase, marks, losses } = node;
  const plain = (text: string): Cell => ({ text, accent: false });
  const head = [
    plain(nodeName(node, width, glyphs)),
    ...(detail.shared === 'no' ? [] : [plain(sharedText(node, detail.shared))]),
    ...(detail.what ? [plain(nodeText(node))] : []),
  ];
  if (phase.name !== 'training') return [...head, { ...plain(phaseText(node)), free: true }];
  const [speed, left] = [tokensPerSecond(node), nodeTimeLeft(node, now)];
  return [
    ...head,
    ...(detail.bar === 0 ? [] : [{ text: drawBar(marks.at(-1)?.share ?? 0, detail.bar, glyphs), accent: true }]),
    { ...plain(`${phase.step}/${phase.of}`), right: true },
    plain(lossText(phase.loss)),
    ...(detail.losses === 0 ? [] : [{ text: sparkline(losses, detail.losses, glyphs), accent: true }]),
    ...(detail.speed ? [{ ...plain(speed === null ? '' : `${engineering(speed)} tokens/s`), right: true }] : []),
    ...(detail.left ? [{ ...plain(left === null ? '' : `${clock(left)} left`), right: true }] : []),
  ];
}

/** `stack seed 0`, or `stack s0` where that is too long; an arm is cut before its seed is. */
function nodeName({ cell }: RunningNode, width: number, glyphs: Glyphs): string {
  const name = `${cell.arm} seed ${cell.seed}`;
  const seed = ` s${cell.seed}`;
  return name.length <= width ? name : `${truncated(cell.arm, width - seed.length, glyphs.cut)}${seed}`;
}

function sharedText({ info }: RunningNode, how: 'words' | 'number'): string {
  const others = info.cells.length - 1;
  if (others < 1) return '';
  return how === 'number' ? `+${others}` : `+${others} ${others === 1 ? 'arm' : 'arms'}`;
}

/** Cells one space apart, each padded to its column; a column that is empty in every line is left out. */
function inColumns(lines: readonly (readonly Cell[])[]): Line[] {
  const columns = Math.max(0, ...lines.map((line) => line.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(0, ...lines.map((line) => (line[column]?.free === true ? 0 : (line[column]?.text.length ?? 0)))),
  );
  return lines.map((line) => {
    const shown = line.map((cell, column): Cell => ({ ...cell, text: padded(cell, widths[column]!) }));
    const filled = shown.filter(({ text }) => text !== '');
    return trimmed(filled.map(({ text, accent }, index) => ({ text: index === 0 ? text : ` ${text}`, accent })));
  });
}

const padded = ({ text, right, free }: Cell, width: number): string => {
  if (free === true) return text;
  return right === true ? text.padStart(width) : text.padEnd(width);
};

const trimmed = (line: Line): Line => {
  const last = line.findLastIndex(({ text }) => text.trim() !== '');
  return line
    .slice(0, last + 1)
    .map((piece, index) => (index === last ? { ...piece, text: piece.text.trimEnd() } : piece));
};

/** A line cut to `columns` characters. */
export function cutTo(line: Line, columns: number, glyphs: Glyphs): Line {
  if (widthOf(line) <= columns) return line;
  let left = columns;
  return line.flatMap((piece) => {
    const text = truncated(piece.text, left, glyphs.cut);
    left -= text.length;
    return text === '' ? [] : [{ ...piece, text }];
  });
}

function drawBar(share: number, width: number, { full, empty }: Glyphs): string {
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width);
  return full.repeat(filled) + empty.repeat(width - filled);
}
