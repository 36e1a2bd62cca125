import { errorLine } from '../run/failures.ts';
import { distinctCells } from '../run/spec.ts';
import { clock, engineering } from './format.ts';
import { cellName, nodeLabel } from './progress/wording.ts';
import type { FailedState, RunningState, SweepState } from '../run/sweep-status.ts';
import { runningReport } from './status-report.ts';

/** Where a sweep stands, for people: counts, then what runs, what failed and why, what waits. Ends with a line break. */
export function statusText(folder: string, state: SweepState): string {
  const { plan, finished, failed, running, waiting } = state;
  const counts = [
    `${finished.length} of ${distinctCells(plan.cells).length} cells done`,
    ...(running.length > 0 ? [`${running.length} ${running.length === 1 ? 'node' : 'nodes'} running`] : []),
    ...(failed.length > 0 ? [`${failed.length} failed`] : []),
    ...(waiting.length > 0 ? [`${waiting.length} waiting`] : []),
  ];
  return [
    `${plan.comparison.name} (${folder}): ${counts.join(', ')}`,
    ...running.map((own) => `  running  ${runningLine(own)}`),
    ...failed.flatMap(failedLines),
    ...waitingTexts(state).map((text) => `  waiting  ${text}`),
    '',
  ].join('\n');
}

function runningLine(state: RunningState): string {
  const { at, speed, left, worker } = runningReport(state);
  const parts = [
    at,
    ...(speed === null ? [] : [`${engineering(speed)} tokens/s`]),
    ...(left === null ? [] : [`${clock(1000 * left)} left`]),
  ];
  const label = nodeLabel({ info: state.node, cell: state.cell });
  return `${label}: ${parts.join(', ')}; process ${worker.pid ?? worker.sweep} on ${worker.host}`;
}

const failedLines = ({ cell, error, log }: FailedState): string[] => [
  `  failed   ${cellName(cell)}: ${errorLine(error ?? '')}`,
  ...(log === null ? [] : [`           log: ${log}`]),
];

/** A line per arm, with its seeds. */
function waitingTexts({ waiting }: SweepState): string[] {
  const seeds = new Map<string, number[]>();
  for (const { arm, seed } of waiting) seeds.set(arm, [...(seeds.get(arm) ?? []), seed]);
  return [...seeds].map(([arm, own]) => `${arm} ${own.length === 1 ? 'seed' : 'seeds'} ${own.join(', ')}`);
}
