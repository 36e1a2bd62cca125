import { inspectCheckpoint } from '../checkpoint/read.ts';
import { readVocabularyFile } from '../checkpoint/vocabulary-file.ts';
import { usableVocabulary } from '../checkpoint/vocabulary.ts';
import { UserError } from '../errors.ts';
import type { Settings } from '../run/spec.ts';
import { shippedVocabulary, type Vocabulary } from '../text/vocabulary.ts';

/**
 * The vocabulary of a cell's pre-training text and tasks: that of the checkpoint which it starts from, else the user's,
 * else the beginning of the shipped one. Throws a UserError where the files cannot be used, or the user's vocabulary has
 * other entries than when the sweep was read.
 */
export async function vocabularyOf({ model, data }: Pick<Settings, 'model' | 'data'>): Promise<Vocabulary> {
  const { checkpoint } = model.init;
  if (checkpoint !== undefined) return usableVocabulary(checkpoint, await inspectCheckpoint(checkpoint));
  const { vocabulary, vocab } = data;
  if (vocabulary === undefined) return shippedVocabulary(vocab);
  const found = await readVocabularyFile(vocabulary);
  if (found.entries.length === vocab) return found;
  throw new UserError(
    `${vocabulary} has ${found.entries.length} entries; it had ${vocab} when the sweep was read.`,
    'Run the same command again.',
  );
}
