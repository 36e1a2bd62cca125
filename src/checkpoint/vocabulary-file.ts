import { basename, dirname } from 'node:path';
import { FILES, type CheckpointVocabulary } from './checkpoint.ts';
import { fault, quoted, shown } from './fault.ts';
import { isObject, parseObject, readSmallFile } from './small-file.ts';
import { configuredCase, readVocabulary } from './vocabulary.ts';

const HINT = 'It must be the vocab.txt or the tokenizer.json of a BERT, or a list that `growbench vocab train` wrote.';
const LARGEST_FILE = 1 << 26;
/** Token ids are kept in 16 bits. */
const MOST_ENTRIES = 1 << 16;

/**
 * The vocabulary of a file: a list of entries, one a line (`vocab.txt`), or a `tokenizer.json`. Case is as the files
 * beside it say; where none says, a list with capitals in its entries is cased. Throws a UserError for a file that is
 * not there, and for a tokenizer of another kind than BERT's, with what it is.
 */
export async function readVocabularyFile(path: string): Promise<CheckpointVocabulary> {
  const folder = dirname(path);
  const isTokenizer = path.toLowerCase().endsWith('.json');
  const own = isTokenizer ? FILES.tokenizer : FILES.vocabulary;
  const text = await readSmallFile(path, LARGEST_FILE);
  if (text === null) throw fault(path, 'there is no such file', HINT);
  const files = new Map<string, string>([[own, text]]);
  const beside = isTokenizer ? [FILES.tokenizerConfig] : [FILES.tokenizerConfig, FILES.tokenizer];
  for (const name of beside) {
    const found = basename(path) === name ? null : await readSmallFile(`${folder}/${name}`, LARGEST_FILE);
    if (found !== null) files.set(name, found);
  }
  const tokenizer = files.get(FILES.tokenizer);
  if (tokenizer !== undefined) checkKind(isTokenizer ? path : `${folder}/${FILES.tokenizer}`, tokenizer);
  const vocabulary = readVocabulary(folder, files, MOST_ENTRIES);
  if (vocabulary === null) throw fault(path, 'it must hold a WordPiece vocabulary', HINT);
  checkEntries(path, vocabulary.entries);
  return { entries: vocabulary.entries, lowercase: configuredCase(folder, files) ?? !hasCapitals(vocabulary.entries) };
}

/** Apart from the special tokens, which are written in capitals whatever the rest is. */
const hasCapitals = (entries: readonly string[]): boolean =>
  entries.some((entry) => /\p{Lu}/u.test(entry) && !/^\[.*\]$/.test(entry));

const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];

function checkEntries(path: string, entries: readonly string[]): void {
  const places = new Map<string, number>();
  for (const [index, entry] of entries.entries()) {
    const place = `entry ${index + 1}`;
    if (entry.trim() === '') throw fault(path, `${place} must not be empty`, HINT);
    const before = places.get(entry);
    if (before !== undefined)
      throw fault(path, `${place}, ${quoted(entry)}, must not be entry ${before + 1} again`, HINT);
    places.set(entry, index);
  }
  const lacking = SPECIAL.filter((entry) => !places.has(entry));
  if (lacking.length > 0)
    throw fault(path, `it must have BERT's special tokens, but has no ${lacking.join(', ')}`, HINT);
}

/** A tokenizer.json must describe BERT's steps: others would cut text elsewhere than growbench does. */
function checkKind(path: string, text: string): void {
  const { model, normalizer, pre_tokenizer: splitter } = parseObject(path, text);
  const field = (owner: unknown, name: string): unknown => (isObject(owner) ? owner[name] : undefined);
  const accents = field(normalizer, 'strip_accents') ?? null;
  const wanted: readonly [what: string, found: unknown, allowed: readonly unknown[]][] = [
    ['model.type', field(model, 'type'), ['WordPiece']],
    ['model.unk_token', field(model, 'unk_token'), ['[UNK]']],
    ['model.continuing_subword_prefix', field(model, 'continuing_subword_prefix'), ['##']],
    ['model.max_input_chars_per_word', field(model, 'max_input_chars_per_word'), [100]],
    ['normalizer.type', field(normalizer, 'type'), ['BertNormalizer']],
    ['normalizer.clean_text', field(normalizer, 'clean_text'), [true]],
    ['normalizer.handle_chinese_chars', field(normalizer, 'handle_chinese_chars'), [true]],
    ['normalizer.strip_accents', accents, [null, field(normalizer, 'lowercase')]],
    ['pre_tokenizer.type', field(splitter, 'type'), ['BertPreTokenizer']],
  ];
  const [bad] = wanted.filter(([, found, allowed]) => !allowed.includes(found));
  if (bad === undefined) return;
  const [what, found, allowed] = bad;
  throw fault(path, `${what} must be ${allowed.map(shown).join(' or ')}, as BERT's is, got ${shown(found)}`, HINT);
}
