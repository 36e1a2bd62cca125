import type { CheckpointSummary, Pooler } from '../checkpoint/checkpoint.ts';
import { differencesText, shapeDifferences } from '../checkpoint/differences.ts';
import { inspectCheckpoint, readCheckpoint } from '../checkpoint/read.ts';
import type { HostTensors } from '../engine/engine.ts';
import { UserError } from '../errors.ts';
import { isHead, layout, type ModelShape, type Parameter } from '../growth/layout.ts';
import { planStages } from '../run/plan.ts';
import type { Settings } from '../run/spec.ts';
import { tasks } from '../tasks/index.ts';
import { initialState } from './init.ts';

/**
 * The parameters that a cell's first stage, of this shape, begins with: those of the checkpoint that the settings name,
 * and new ones for the rest. Throws a UserError where the checkpoint cannot be read or has another shape.
 */
export async function startingParameters(shape: ModelShape, settings: Settings, seed: number): Promise<HostTensors> {
  const { init } = settings.model;
  if (init.checkpoint === undefined) return initialState(shape, init, seed);
  const checkpoint = await readCheckpoint(init.checkpoint);
  const differences = shapeDifferences(checkpoint.shape, shape);
  if (differences.length === 0) return initialState(shape, init, seed, checkpoint.parameters);
  throw new UserError(
    `${init.checkpoint} is not the model that the first stage trains: it has ${differencesText(differences)}.`,
    'It changed since the sweep was read: run the sweep again.',
  );
}

/**
 * The pooler of the checkpoint that the settings name, for tasks that are read off [CLS] (Devlin et al. 2019 fine-tune
 * the one that next-sentence prediction has trained); null where there is none for a model as wide as `hidden`.
 */
export async function startingPooler(
  settings: Settings,
  { hidden }: Pick<ModelShape, 'hidden'>,
): Promise<Pooler | null> {
  const { checkpoint } = settings.model.init;
  if (checkpoint === undefined) return null;
  const { pooler } = await readCheckpoint(checkpoint);
  return pooler?.bias.values.length === hidden ? pooler : null;
}

/** What a cell that starts from a checkpoint has to draw anew, as warnings of its record. */
export async function startWarnings(settings: Settings): Promise<readonly string[]> {
  const { checkpoint } = settings.model.init;
  if (checkpoint === undefined) return [];
  const parts = newParts(settings, await inspectCheckpoint(checkpoint));
  return parts.length === 0 ? [] : [`not in the checkpoint, so drawn anew: ${parts.join(', ')}`];
}

function newParts(settings: Settings, checkpoint: CheckpointSummary): string[] {
  const stages = planStages(settings);
  const drawn = layout(stages[0]!.shape).filter(({ name }) => isDrawn(name, checkpoint));
  const pooled = tasks.some(({ name, kind }) => settings.finetune.tasks.includes(name) && kind !== 'span');
  const fits = checkpoint.hasPooler && checkpoint.shape.hidden === stages.at(-1)!.shape.hidden;
  return [...new Set([...drawn.map(partOf), ...(pooled && !fits ? ['pooler'] : [])])];
}

const isDrawn = (name: string, { missing, shape }: CheckpointSummary): boolean =>
  missing.includes(name) || !layout(shape).some((own) => own.name === name);

const partOf = (parameter: Parameter): string => (isHead(parameter) ? 'masked-LM head' : parameter.name);
