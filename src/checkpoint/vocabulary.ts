import { UserError } from '../errors.ts';
import { FILES, type Checkpoint, type CheckpointVocabulary, type TokenizerFiles } from './checkpoint.ts';
import { fault, quoted, shown } from './fault.ts';
import { isObject, parseObject } from './small-file.ts';
import { SPECIAL } from './tokenizer-files.ts';

/**
 * The WordPiece vocabulary that a checkpoint's tokenizer files hold, or null where they hold none. `folder` is for
 * messages; `vocab` is the number of rows of the token table. Throws a UserError where a file is broken or has entries
 * that the table has no row for.
 */
export function readVocabulary(folder: string, files: TokenizerFiles, vocab: number): CheckpointVocabulary | null {
  const found = fromList(files) ?? fromTokenizer(folder, files);
  if (found === null) return null;
  if (found.length <= vocab) return { entries: found, lowercase: configuredCase(folder, files) ?? true };
  throw fault(folder, `the vocabulary must fit the token table's ${vocab} rows, got ${found.length} entries`);
}

/**
 * The vocabulary of a checkpoint that text is to be read for. Throws a UserError where the folder has none, or one
 * without the tokens that frame, fill up and mask sequences.
 */
export function usableVocabulary(folder: string, { vocabulary }: Pick<Checkpoint, 'vocabulary'>): CheckpointVocabulary {
  const lacking =
    vocabulary === null ? 'vocabulary' : Object.values(SPECIAL).find((token) => !vocabulary.entries.includes(token));
  if (vocabulary !== null && lacking === undefined) return vocabulary;
  const where = vocabulary === null ? 'it' : 'its vocabulary';
  throw new UserError(
    `${folder} cannot be given text: ${where} has no ${lacking!}.`,
    "Put the model's own vocab.txt or tokenizer.json into the folder.",
  );
}

/** vocab.txt: an entry a line, in the order of the ids. */
function fromList(files: TokenizerFiles): readonly string[] | null {
  const lines = files
    .get(FILES.vocabulary)
    ?.split('\n')
    .map((line) => line.replace(/\r$/, ''));
  if (lines === undefined) return null;
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/** tokenizer.json: the ids by entry. */
function fromTokenizer(folder: string, files: TokenizerFiles): readonly string[] | null {
  const model = objectIn(folder, files, FILES.tokenizer).model;
  if (!isObject(model)) return null;
  const path = `${folder}/${FILES.tokenizer}`;
  if (model.type !== 'WordPiece' || !isObject(model.vocab)) {
    throw fault(path, `model must be a WordPiece vocabulary, got ${shown(model.type)}`);
  }
  const ids = Object.entries(model.vocab);
  const entries = ids.map((): string | undefined => undefined);
  for (const [entry, id] of ids) {
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id >= ids.length) {
      throw fault(path, `ids must number the ${ids.length} entries from 0, ${quoted(entry)} has ${shown(id)}`);
    }
    entries[id] = entry;
  }
  const lacking = entries.indexOf(undefined);
  if (lacking !== -1) throw fault(path, `ids must number the ${ids.length} entries from 0, none has ${lacking}`);
  return entries.filter((entry) => entry !== undefined);
}

/** Whether text is lowercased, as the tokenizer files say; null where they do not. */
export function configuredCase(folder: string, files: TokenizerFiles): boolean | null {
  const { do_lower_case: configured } = objectIn(folder, files, FILES.tokenizerConfig);
  if (typeof configured === 'boolean') return configured;
  const { normalizer } = objectIn(folder, files, FILES.tokenizer);
  return isObject(normalizer) ? normalizer.lowercase !== false : null;
}

const objectIn = (folder: string, files: TokenizerFiles, name: string): Readonly<Record<string, unknown>> => {
  const text = files.get(name);
  return text === undefined ? {} : parseObject(`${folder}/${name}`, text);
};
