import type { EvaluationResult, FinetuningResult, StageResult } from './node.ts';
import type { NodeRecord } from './node-store.ts';
import type { CellRecord, CellResult, CurvePoint, EngineRecord } from './record.ts';
import { canonical, type Cell } from './spec.ts';

/**
 * What the nodes of a cell come to, given in the order in which they can run: up to the stage that diverged, or all.
 * Costs are those of the cell's own nodes, whoever else needed them.
 */
export function assembleResult(records: readonly NodeRecord[]): CellResult {
  const results = records.map(({ result }) => result);
  const stages = results.filter((result): result is StageResult => result.kind === 'stage');
  const tunings = results.filter((result): result is FinetuningResult => result.kind === 'finetuning');
  const evaluation = results.find((result): result is EvaluationResult => result.kind === 'evaluation');
  const last = stages.at(-1);
  if (last === undefined) throw new Error('a cell has at least one stage');
  const { loss, nsp } = evaluation ?? last;
  const isDone = last.status === 'done' && loss !== null && Number.isFinite(loss);
  const growths = stages.flatMap(({ growth }) => (growth === null ? [] : [growth]));
  return {
    status: isDone ? 'done' : 'diverged',
    loss: isDone ? loss : null,
    ...(isDone && nsp !== undefined ? { nsp } : {}),
    steps: last.end.steps,
    flops: totalFlops(stages),
    seconds: {
      train: sum(stages.map(({ seconds }) => seconds.train)),
      compile: sum(stages.map(({ seconds }) => seconds.compile)),
      evaluate: sum(stages.map(({ seconds }) => seconds.evaluate)) + (evaluation?.seconds ?? 0),
      finetune: sum(tunings.map(({ seconds }) => seconds)),
    },
    stages: stages.map(({ stage }) => stage),
    growths,
    curve: wholeCurve(stages),
    width: isDone ? last.width : null,
    tasks: Object.fromEntries(
      records.flatMap(({ node, result }) =>
        node.kind === 'finetuning' && result.kind === 'finetuning' ? [[node.task, result.record]] : [],
      ),
    ),
    corpus: last.corpus,
    ...(last.checkpoint === undefined ? {} : { checkpoint: last.checkpoint }),
    warnings: distinct([
      ...stages.flatMap(({ warnings = [] }) => warnings),
      ...(isDone ? [] : [`the loss diverged at step ${last.end.steps}`]),
      ...tunings.flatMap(({ warnings }) => warnings),
      ...engineWarnings(records),
    ]),
  };
}

/** Of the stages, and of fitting what the growths between them learn. */
const totalFlops = (stages: readonly StageResult[]): number =>
  stages.reduce((total, { stage, growth }) => total + (growth?.fit?.flops ?? 0) + stage.flops, 0);

/** The stages' curves, one after the other: each counts its FLOPs and seconds from where the stages before it ended. */
function wholeCurve(stages: readonly StageResult[]): CurvePoint[] {
  let [flops, seconds] = [0, 0];
  return stages.flatMap(({ curve, stage, growth }) => {
    flops += growth?.fit?.flops ?? 0;
    seconds += growth?.fit?.seconds ?? 0;
    const points = curve.map((point) => ({ ...point, flops: flops + point.flops, seconds: seconds + point.seconds }));
    flops += stage.flops;
    seconds += stage.seconds;
    return points;
  });
}

/** The engine that a cell is said to have been trained by: that of its last node. */
export const engineOf = (records: readonly NodeRecord[]): EngineRecord | null =>
  records.findLast(({ engine }) => engine !== null)?.engine ?? null;

/** What makes the times of a cell's parts incomparable, and could make their numbers differ. */
function engineWarnings(records: readonly NodeRecord[]): string[] {
  const kinds = records.flatMap(({ engine, machine }) =>
    engine === null ? [] : [canonical({ device: engine.device, versions: engine.versions, cpu: machine.cpu })],
  );
  return new Set(kinds).size <= 1
    ? []
    : ['parts were trained on different devices or versions: times are not comparable'];
}

/** The record of a cell all of whose nodes are done. */
export function assembleRecord(cell: Cell, records: readonly NodeRecord[]): CellRecord {
  return {
    format: 1,
    cell,
    result: assembleResult(records),
    error: null,
    engine: engineOf(records),
    machine: records.at(-1)!.machine,
    started: records.map(({ started }) => started).sort()[0]!,
    finished: records
      .map(({ finished }) => finished)
      .sort()
      .at(-1)!,
    attempts: records.flatMap(({ attempts }) => attempts),
  };
}

/** What holds of several tasks is said once. */
const distinct = (warnings: readonly string[]): string[] => [...new Set(warnings)];

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
