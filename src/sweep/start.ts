import { dirname } from 'node:path';
import type { CheckpointSummary } from '../checkpoint/checkpoint.ts';
import { inspectCheckpoint } from '../checkpoint/read.ts';
import { usableVocabulary } from '../checkpoint/vocabulary.ts';
import { UserError } from '../errors.ts';
import type { KnownCheckpoints } from './checkpoint-faults.ts';
import { resolveFolder } from './corpus-path.ts';
import { changeSettings } from './each-settings.ts';
import { sourceAt, type Source } from './frame.ts';
import type { SettingsInput, SweepInput } from './grammar.ts';
import { placeOf, type Written } from './place.ts';
import { dotted, type Problem } from './problem.ts';

/**
 * The sweep with the path of every checkpoint that an arm starts from made absolute, and what was found in them; no
 * number is read. Settings that name one have its vocabulary's size, unless they say another. What is no checkpoint is
 * left as it is and becomes a problem.
 */
export async function resolveCheckpoints(
  input: SweepInput,
  sources: readonly Source[],
  written: Written,
): Promise<{
  readonly input: SweepInput;
  readonly problems: readonly Problem[];
  readonly checkpoints: KnownCheckpoints;
}> {
  const problems: Problem[] = [];
  const checkpoints = new Map<string, CheckpointSummary>();
  const resolved = await changeSettings(input, async (settings, at) => {
    const entry = settings.model?.init?.checkpoint;
    if (entry === undefined) return settings;
    const setting = [...at, 'model', 'init', 'checkpoint'];
    const place = placeOf(written, setting);
    const { file } = place.in === 'file' ? sourceAt(sources, place.offset) : sources[0]!;
    const found = await lookInto(entry, file);
    if ('message' in found) {
      problems.push({ place, subject: dotted(setting), ...found });
      return settings;
    }
    checkpoints.set(found.path, found.summary);
    return startingFrom(found.path, found.summary, settings);
  });
  return { input: resolved, problems, checkpoints };
}

/** What is in the folder that an entry names, relative to the file that it is written in, or what is wrong with it. */
async function lookInto(entry: string, file: string) {
  const found = await resolveFolder(entry, dirname(file));
  if ('message' in found) return found;
  try {
    const summary = await inspectCheckpoint(found.path);
    usableVocabulary(found.path, summary);
    return { path: found.path, summary };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { message: `must be a checkpoint, but ${error.message.replace(/\.$/, '')}`, hint: error.hint };
  }
}

function startingFrom(checkpoint: string, { shape }: CheckpointSummary, settings: SettingsInput): SettingsInput {
  const { model, data } = settings;
  return {
    ...settings,
    model: { ...model, init: { ...model?.init, checkpoint } },
    data: { vocab: shape.vocab, ...data },
  };
}
