import { createHash } from 'node:crypto';
import { growthAfter } from '../growth/schedule.ts';
import { protocolOf } from './protocol.ts';
import {
  canonical,
  engineIdentity,
  resolvedSettings,
  SETTINGS_VERSION,
  targetShape,
  type CellIdentity,
  type Settings,
} from './spec.ts';
import { planStages, type PlannedStage } from './stages.ts';
import { dataKey, taskVersion } from './task-files.ts';

/** What decides the output of each of a cell's nodes, besides the engine, the seed and the parent: digests. */
export interface NodeDigests {
  readonly stages: readonly string[];
  /** Of every stage, what decides its steps one by one, however many there are; null where their number decides them. */
  readonly lines: readonly (string | null)[];
  /** Null where the last stage's own loss is the final one. */
  readonly evaluation: string | null;
  readonly tasks: Readonly<Record<string, string>>;
}

/** The growth's recipes by what they follow from: making and hashing one takes milliseconds, and many cells share it. */
export type GrowthDigests = Map<string, string>;

/** The digests of a cell's nodes. What cannot change a node's output, such as later stages, is not in its digest. */
export function nodeDigests(
  settings: Settings,
  contents: CellIdentity['contents'],
  growths: GrowthDigests,
): NodeDigests {
  const stages = planStages(settings);
  const resolved = resolvedSettings(settings, contents);
  const identities = stages.map((_, index) => stageIdentity(resolved, stages, index, growths));
  return {
    stages: identities.map(digest),
    lines: identities.map((identity, index) => lineOf(identity, stages, index)),
    evaluation: isWhole(settings, stages) ? null : digest({ length: settings.data.length }),
    tasks: Object.fromEntries(
      settings.finetune.tasks.map((task) => [task, digest(taskIdentity(settings, task, contents))]),
    ),
  };
}

/** Whether the last stage reads sequences of the target's length, so that its loss is the final one. */
const isWhole = ({ data }: Settings, stages: readonly PlannedStage[]): boolean =>
  stages.at(-1)!.shape.length === data.length;

/** The address of a node: of what decides its output, and of its parent, which stands for all before. */
export function addressOf(
  { engine, seed }: Pick<CellIdentity, 'engine' | 'seed'>,
  kind: string,
  parent: string | null,
  decides: string,
): string {
  const identity = { version: SETTINGS_VERSION, kind, engine: engineIdentity(engine), seed, parent, decides };
  return digest(identity).slice(0, 16);
}

/**
 * All of the settings that a stage's numbers depend on. What is not known to be without influence is part of it: a
 * setting that is new leads to training twice what could be shared, not to sharing what differs.
 */
function stageIdentity(
  settings: Settings,
  stages: readonly PlannedStage[],
  index: number,
  growths: GrowthDigests,
): object {
  const { shape, start, steps, freeze, until, rate, warmup, fit, entering, optimizer } = stages[index]!;
  const { model, data, train } = settings;
  // The target's sizes: the stage has its own, and how it grew to them is in the recipe.
  const { layers, hidden, heads, ffn, positions, norm, ...ofModel } = model;
  const { length, ...ofData } = data;
  const { steps: total, warmup: climb, ...ofTraining } = train;
  const isAfterEarlyEnd = followsEarlyEnd(stages, index);
  // A fit takes its batches from after the run's last step.
  const spansRun = rate !== 'restart' || fit !== null || isAfterEarlyEnd;
  return {
    ...{ shape, start, steps, freeze, until, rate, warmup, fit, entering },
    ...{ model: ofModel, data: ofData, train: ofTraining },
    ...(index === 0 ? {} : { optimizer, growth: growthDigest(settings, index, growths) }),
    ...(spansRun ? { total, climb } : {}),
    // Its steps, and all shares of them, are known only once the stages before have ended.
    ...(isAfterEarlyEnd
      ? { stage: settings.schedule[index], policy: settings.growth, isLast: index === stages.length - 1 }
      : {}),
  };
}

/** Whether a stage before may be left early, so that this one's steps are not known in advance. */
const followsEarlyEnd = (stages: readonly PlannedStage[], index: number): boolean =>
  stages.slice(0, index).some(({ until }) => until !== null);

function lineOf(identity: object, stages: readonly PlannedStage[], index: number): string | null {
  const { rate, until, warmup } = stages[index]!;
  // A rate that restarts decays over the stage's steps.
  if (rate === 'restart' || until !== null || followsEarlyEnd(stages, index)) return null;
  // The warm-up of a stage whose rate goes on is a share of its steps that nothing uses.
  return digest({ ...identity, steps: null, warmup: rate === 'continue' ? null : warmup });
}

/** The recipe itself is hashed: operators that make the same of a model are the same to whoever trains it. */
function growthDigest({ schedule, ...settings }: Settings, index: number, growths: GrowthDigests): string {
  const target = targetShape({ schedule, ...settings });
  const key = canonical({ target, around: schedule.slice(index - 1, index + 1).map(({ reductions }) => reductions) });
  const known = growths.get(key);
  if (known !== undefined) return known;
  const made = digest([...growthAfter(target, schedule, index - 1)]);
  growths.set(key, made);
  return made;
}

function taskIdentity(settings: Settings, name: string, contents: CellIdentity['contents']): object {
  const key = dataKey(name, settings.data);
  return {
    name,
    version: taskVersion(name),
    protocol: protocolOf(settings, name),
    ...(key === null ? {} : { data: contents[key] ?? key }),
  };
}

const digest = (value: unknown): string => createHash('sha256').update(canonical(value)).digest('hex');
