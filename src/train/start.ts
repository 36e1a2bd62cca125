import type { CheckpointParameters, CheckpointSummary } from '../checkpoint/checkpoint.ts';
import { differencesText, shapeDifferences } from '../checkpoint/differences.ts';
import { inspectCheckpoint, readCheckpoint } from '../checkpoint/read.ts';
import type { HostTensors } from '../engine/engine.ts';
import { UserError } from '../errors.ts';
import { layout, type ModelShape, type Parameter } from '../growth/layout.ts';
import { planStages } from '../run/plan.ts';
import type { Settings } from '../run/spec.ts';
import type { Task } from '../tasks/task.ts';
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
  if (differences.length === 0) {
    return initialState(shape, init, seed, new Map([...checkpoint.parameters, ...checkpoint.pooler]));
  }
  throw new UserError(
    `${init.checkpoint} is not the model that the first stage trains: it has ${differencesText(differences)}.`,
    'It changed since the sweep was read: run the sweep again.',
  );
}

/**
 * The pooler of the checkpoint that the settings name, for tasks that are read off [CLS] (Devlin et al. 2019 fine-tune
 * the one that next-sentence prediction has trained); empty where there is none for a model as wide as `hidden`.
 */
export async function startingPooler(
  settings: Settings,
  { hidden }: Pick<ModelShape, 'hidden'>,
): Promise<CheckpointParameters> {
  const { checkpoint } = settings.model.init;
  if (checkpoint === undefined) return new Map();
  const { shape, parameters, pooler } = await readCheckpoint(checkpoint);
  if (shape.hidden !== hidden) return new Map();
  return new Map([...parameters, ...pooler].filter(([name]) => name.startsWith('pooler/')));
}

/** What the first stage of a cell that starts from a checkpoint has to draw anew, as warnings of its record. */
export async function startWarnings(settings: Settings): Promise<readonly string[]> {
  const { checkpoint } = settings.model.init;
  if (checkpoint === undefined) return [];
  const summary = await inspectCheckpoint(checkpoint);
  const drawn = layout(planStages(settings)[0]!.shape).filter((parameter) => isDrawn(parameter, summary));
  return drawn.length === 0 ? [] : [drawnAnew([...new Set(drawn.map(partOf))])];
}

/** What a task's model has to draw anew besides its own output layer, as warnings of its record. */
export async function finetuningWarnings(settings: Settings, { kind }: Pick<Task, 'kind'>): Promise<readonly string[]> {
  const { checkpoint } = settings.model.init;
  const { shape } = planStages(settings).at(-1)!;
  if (checkpoint === undefined || kind === 'span' || shape.nextSentence === true) return [];
  const found = await inspectCheckpoint(checkpoint);
  return found.hasPooler && found.shape.hidden === shape.hidden ? [] : [drawnAnew(['pooler'])];
}

const drawnAnew = (parts: readonly string[]): string => `not in the checkpoint, so drawn anew: ${parts.join(', ')}`;

const isDrawn = ({ name, leaf }: Parameter, { missing, shape, hasPooler }: CheckpointSummary): boolean =>
  leaf.startsWith('pooler/') ? !hasPooler : missing.includes(name) || !layout(shape).some((own) => own.name === name);

function partOf({ leaf, name }: Parameter): string {
  const [part] = leaf.split('/');
  return PARTS[part!] ?? name;
}

const PARTS: Readonly<Record<string, string>> = {
  masked_lm: 'masked-LM head',
  next_sentence: 'next-sentence head',
  pooler: 'pooler',
};
