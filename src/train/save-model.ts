import { rm } from 'node:fs/promises';
import { makeTokenizerFiles } from '../checkpoint/tokenizer-files.ts';
import { writeCheckpoint } from '../checkpoint/write.ts';
import type { HostTensors } from '../engine/engine.ts';
import { layout, UNREDUCED } from '../growth/layout.ts';
import { planStages } from '../run/plan.ts';
import type { Settings } from '../run/spec.ts';
import { startingPooler } from './start.ts';
import { vocabularyOf } from './vocabulary.ts';

/**
 * Saves a cell's pre-trained model as a checkpoint, over one that is there. Pooling of embeddings, if the last stage
 * had any, is left behind as in fine-tuning. A model that ends with other parameters than a BERT's (factorized, or
 * shared among layers) has no such form: nothing is saved of it. Throws a UserError where the folder cannot be written.
 */
export async function saveModel(folder: string, settings: Settings, state: HostTensors): Promise<void> {
  const shape = { ...planStages(settings).at(-1)!.shape, ...UNREDUCED };
  if (layout(shape).some(({ name }) => !state.has(name))) return;
  const vocabulary = await vocabularyOf(settings);
  await rm(folder, { recursive: true, force: true });
  await writeCheckpoint(folder, {
    shape,
    parameters: state,
    dropout: settings.model.dropout,
    pooler: shape.nextSentence === true ? new Map() : await startingPooler(settings, shape),
    tokenizer: makeTokenizerFiles(vocabulary, shape.positions),
    padding: vocabulary.entries.indexOf('[PAD]'),
  });
}
