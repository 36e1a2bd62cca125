import { readVocabularyFile } from '../checkpoint/vocabulary-file.ts';
import { UserError } from '../errors.ts';
import type { Settings } from '../run/spec.ts';
import { shippedVocabulary, type Vocabulary } from '../text/vocabulary.ts';

/**
 * The vocabulary that settings name: the user's, or the beginning of the shipped one. Throws a UserError where the file
 * cannot be used, or has other entries than when the sweep was read.
 */
export async function vocabularyOf({ vocabulary, vocab }: Settings['data']): Promise<Vocabulary> {
  if (vocabulary === undefined) return shippedVocabulary(vocab);
  const found = await readVocabularyFile(vocabulary);
  if (found.entries.length === vocab) return found;
  throw new UserError(
    `${vocabulary} has ${found.entries.length} entries; it had ${vocab} when the sweep was read.`,
    'Run the same command again.',
  );
}
