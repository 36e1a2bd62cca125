import { stat } from 'node:fs/promises';
import type { Checkpoint, CheckpointParameters } from '../checkpoint/checkpoint.ts';
import type { GrowReport, GrowRequest, MeasuredLoss } from '../checkpoint/grower.ts';
import { bertName, poolerAlone } from '../checkpoint/names.ts';
import { readCheckpoint } from '../checkpoint/read.ts';
import { writeCheckpoint } from '../checkpoint/write.ts';
import { UserError } from '../errors.ts';
import { growthStep, type GrowthStep } from '../growth/step.ts';
import { applyRecipe } from './grow.ts';
import { freshParameter } from './init.ts';

/** How parameters are drawn that no trained one is the model for: as BERT's are. */
const FRESH = { std: 0.02, positions: 'random' } as const;

/**
 * Applies one growth step to a checkpoint and writes the grown model, with the tokenizer's files as they are. The loss
 * is measured before and after on the same batches; only that loads an engine. Rejects with a UserError on the user's
 * mistakes and with the signal's reason when stopped: then nothing is written.
 */
export async function growCheckpoint(request: GrowRequest): Promise<GrowReport> {
  const { folder, out, seed, signal, onEvent } = request;
  if ((await stat(out).catch(() => null)) !== null) {
    throw new UserError(`${out} exists already.`, 'Name another folder with -o, or move that one away.');
  }
  const checkpoint = await readCheckpoint(folder);
  const { missing, leftOut } = checkpoint;
  const step = growthStep(checkpoint.shape, request.operators, request.sizes);
  // No operator says how to widen it; what is as wide as before is read as before.
  const pooler: Checkpoint['pooler'] = step.to.hidden === checkpoint.shape.hidden ? checkpoint.pooler : new Map();
  const lost = poolerAlone(checkpoint.shape)
    .filter(({ name }) => checkpoint.pooler.has(name) && !pooler.has(name))
    .map(bertName);
  onEvent({ type: 'read', missing, leftOut: [...leftOut, ...lost] });
  // A head that is not there is not made up: the grown model has none either.
  const recipe = new Map([...step.recipe].filter(([name]) => !missing.includes(name)));
  const grown = applyRecipe(recipe, checkpoint.parameters, freshParameter(FRESH, seed));
  const loss = await measure(request, checkpoint, step, grown);
  signal.throwIfAborted();
  const { dropout, tokenizer, vocabulary } = checkpoint;
  const padding = Math.max(0, vocabulary?.entries.indexOf('[PAD]') ?? 0);
  await writeCheckpoint(out, { shape: step.to, parameters: grown, pooler, dropout, tokenizer, padding });
  return report(checkpoint, step, grown, loss, out);
}

type Measured = Pick<GrowReport, 'loss' | 'unmeasured'>;

async function measure(
  { measure: wanted, signal, onEvent }: GrowRequest,
  checkpoint: Checkpoint,
  { to }: GrowthStep,
  grown: CheckpointParameters,
): Promise<Measured> {
  if (wanted === null) return { loss: null, unmeasured: 'none was asked for' };
  const { lossOn, measuredText, whyUnmeasurable } = await import('./checkpoint-loss.ts');
  const unmeasured = whyUnmeasurable(checkpoint);
  if (unmeasured !== null) return { loss: null, unmeasured };
  const text = await measuredText(checkpoint, wanted.text);
  const { engine, why } = await (await import('../engine/choose.ts')).openEngine(wanted.engine.name, wanted.engine);
  onEvent({ type: 'engine', name: engine.name, device: engine.device, why });
  const before = await lossOn(engine, checkpoint.shape, checkpoint.parameters, text, signal);
  onEvent({ type: 'measured', when: 'before', loss: before });
  const after = await lossOn(engine, to, grown, text, signal);
  onEvent({ type: 'measured', when: 'after', loss: after });
  const { name, length, tokens } = text;
  const loss: MeasuredLoss = { before, after, tokens, length, text: name, engine: engine.name };
  return { loss, unmeasured: null };
}

function report(
  { shape: from, parameters }: Checkpoint,
  { to, operators }: GrowthStep,
  grown: CheckpointParameters,
  measured: Measured,
  out: string,
): GrowReport {
  const counts = { before: numbersIn(parameters), after: numbersIn(grown) };
  return { from, to, parameters: counts, operators, ...measured, out };
}

const numbersIn = (parameters: CheckpointParameters): number =>
  [...parameters.values()].reduce((sum, { values }) => sum + values.length, 0);
