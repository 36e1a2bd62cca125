import type { CheckpointSummary } from '../checkpoint/checkpoint.ts';
import { shapeDifferences, type ShapeDifference } from '../checkpoint/differences.ts';
import type { ModelShape } from '../growth/layout.ts';
import { stageShape } from '../growth/schedule.ts';
import { targetShape, type Settings } from '../run/spec.ts';
import type { Fault } from './relations.ts';

/** What is known of the checkpoints that a sweep names, by the absolute path of their folders. */
export type KnownCheckpoints = ReadonlyMap<string, CheckpointSummary>;

/** What must hold of the checkpoint that an arm starts from: the model of its first stage must be the checkpoint's. */
export function checkpointFaults(settings: Settings, known: KnownCheckpoints): Fault[] {
  const checkpoint = known.get(settings.model.init.checkpoint ?? '');
  if (checkpoint === undefined) return [];
  const first = stageShape(targetShape(settings), settings.schedule[0]!);
  const named = settings.data.vocabulary !== undefined;
  const differences = shapeDifferences(checkpoint.shape, first).filter(({ what }) => !named || what !== 'vocab');
  return [
    ...(named ? [VOCABULARY_FAULT] : []),
    ...(differences.length === 0 ? [] : [shapeFault(differences, settings.schedule.length > 1)]),
    ...reductionFaults(first),
  ];
}

const PATH: Fault['settings'][0] = ['model', 'init', 'checkpoint'];

function shapeFault(differences: readonly ShapeDifference[], grows: boolean): Fault {
  const unlike = differences.map(({ what, has, wanted }) => `${what} ${wanted} for its ${has}`).join(', ');
  const sizes = differences.filter(({ what }) => what !== 'vocab').map(({ what, has }) => `${what}: ${has}`);
  const fits = [
    ...(sizes.length === 0 ? [] : [grows ? `The first stage needs ${sizes.join(', ')}` : modelHint(sizes)]),
    ...(sizes.length === differences.length ? [] : ['Leave data.vocab out: it is the checkpoint’s']),
  ];
  const message = `model.init.checkpoint must be the first stage's model, got ${unlike}`;
  return { settings: [PATH], message, hint: `${fits.join('. ')}.` };
}

/** Even an equal one: there is one way to say which vocabulary a model has. */
const VOCABULARY_FAULT: Fault = {
  settings: [['data', 'vocabulary'], PATH],
  message: "data.vocabulary must not be given beside model.init.checkpoint, whose vocabulary is the model's",
  hint: 'Leave data.vocabulary out.',
};

const modelHint = (sizes: readonly string[]): string => `Give \`model: { ${sizes.join(', ')} }\``;

/** Reductions that leave a model with other parameters than a BERT's. */
function reductionFaults({ ffnRank, scoreGroup }: ModelShape): Fault[] {
  const odd = [...(ffnRank === null ? [] : ['a factorized FFN']), ...(scoreGroup === 1 ? [] : ['shared attention'])];
  if (odd.length === 0) return [];
  const message = `model.init.checkpoint must be the first stage's model, got ${odd.join(' and ')} there`;
  return [{ settings: [PATH], message, hint: 'No checkpoint has such parameters: reduce in another way.' }];
}
