import type { NodeInfo } from '../../run/events.ts';
import type { RunningNode } from './running-node.ts';

/** Work of a kind that was done, in FLOPs, and the milliseconds that one worker took for it. */
export interface Done {
  readonly work: number;
  readonly time: number;
}

/** What has been done of each kind of node. */
export type Speeds = ReadonlyMap<string, Done>;

export const NO_SPEEDS: Speeds = new Map();

/** Nodes of a kind have one speed. The work of fine-tuning is an estimate, whose error is the task's own. */
export const speedKind = ({ node }: NodeInfo): string => (node.kind === 'finetuning' ? `task ${node.task}` : node.kind);

/** Adds a node that has just ended. */
export const withEnded = (speeds: Speeds, { info, began }: RunningNode, now: number): Speeds =>
  withDone(speeds, info, { work: info.work, time: now - began });

/** Adds what running nodes have done since training first told how far it was. */
export const withRunning = (speeds: Speeds, running: readonly RunningNode[]): Speeds =>
  running.reduce((sum, { info, first, marks }) => {
    const last = marks.at(-1);
    if (first === null || last === undefined) return sum;
    return withDone(sum, info, { work: info.work * (last.share - first.share), time: last.at - first.at });
  }, speeds);

function withDone(speeds: Speeds, info: NodeInfo, { work, time }: Done): Speeds {
  if (!(work > 0 && time > 0)) return speeds;
  const kind = speedKind(info);
  const before = speeds.get(kind) ?? { work: 0, time: 0 };
  return new Map([...speeds, [kind, { work: before.work + work, time: before.time + time }]]);
}

/** FLOPs a millisecond of one worker, by kind; of a kind that is new, the speed of all kinds. Null where none is known. */
export function speedsOf(speeds: Speeds): ((info: NodeInfo) => number) | null {
  const all = [...speeds.values()];
  if (all.length === 0) return null;
  const speed = ({ work, time }: Done): number => work / time;
  const overall = speed({ work: sum(all.map(({ work }) => work)), time: sum(all.map(({ time }) => time)) });
  return (info) => {
    const own = speeds.get(speedKind(info));
    return own === undefined ? overall : speed(own);
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
