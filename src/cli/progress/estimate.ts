import type { NodeInfo } from '../../run/events.ts';
import { nodesAhead } from './ahead.ts';
import type { Progress } from './progress.ts';
import type { RunningNode } from './running-node.ts';
import { speedsOf, withRunning } from './speeds.ts';

/** Below this share of a node its speed is mostly that of compiling: no guess is better than a wild one. */
const ENOUGH = 0.01;

/** Milliseconds until a running node ends, at the speed since its first step; null while that is unknown. */
export function nodeTimeLeft({ first, marks }: RunningNode, now: number): number | null {
  const last = marks.at(-1);
  if (first === null || last === undefined) return null;
  const [time, share] = [last.at - first.at, last.share - first.share];
  if (time <= 0 || share < ENOUGH) return null;
  return Math.max(0, (time * (1 - last.share)) / share - Math.max(0, now - last.at));
}

/**
 * Milliseconds until the sweep ends; null while nothing is known. Work is counted in FLOPs and has the speed of its
 * kind so far, per worker. What is left is shared out among the workers, but for what must follow one another: no chain
 * of nodes ends later than the sweep.
 */
export function sweepTimeLeft(progress: Progress, now: number): number | null {
  if (progress.ended !== 'no') return 0;
  const { running, waiting } = progress;
  const speedOf = speedsOf(withRunning(progress.speeds, running));
  if (speedOf === null) return null;
  const timeOf = (info: NodeInfo): number => info.work / speedOf(info);
  const own = running.map((node) => nodeTimeLeft(node, now) ?? timeOf(node.info) * (1 - shareOf(node)));
  const ahead = nodesAhead(waiting);
  const rest = [...ahead.work.values()].map(({ example, work }) => work / speedOf(example));
  const workers = Math.max(1, Math.min(progress.workers, running.length + waiting.length));
  const after = (address: string | null): number => sum((ahead.chains.get(address) ?? []).map(timeOf));
  const begun = running.map(({ info }, index) => own[index]! + after(info.node.address));
  const others = [...ahead.chains.keys()].map(after);
  return [...begun, ...others].reduce((most, time) => Math.max(most, time), (sum(own) + sum(rest)) / workers);
}

const shareOf = ({ marks }: RunningNode): number => marks.at(-1)?.share ?? 0;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
