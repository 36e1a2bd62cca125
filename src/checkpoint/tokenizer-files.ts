import { FILES, type CheckpointVocabulary, type TokenizerFiles } from './checkpoint.ts';

/** The tokens of BERT that stand for no text, by what they are for. */
export const SPECIAL = { pad: '[PAD]', unk: '[UNK]', cls: '[CLS]', sep: '[SEP]', mask: '[MASK]' } as const;

/**
 * The files from which transformers makes a BertTokenizer that gives the vocabulary's ids, for a model of that many
 * positions. The vocabulary must hold BERT's five special tokens.
 */
export function makeTokenizerFiles(vocabulary: CheckpointVocabulary, positions: number): TokenizerFiles {
  const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`;
  return new Map([
    [FILES.vocabulary, `${vocabulary.entries.join('\n')}\n`],
    [FILES.tokenizer, json(pipeline(vocabulary))],
    [FILES.tokenizerConfig, json(settings(vocabulary, positions))],
  ]);
}

const settings = ({ lowercase }: CheckpointVocabulary, positions: number) => ({
  ...Object.fromEntries(Object.entries(SPECIAL).map(([role, token]) => [`${role}_token`, token])),
  do_lower_case: lowercase,
  model_max_length: positions,
  strip_accents: null,
  tokenize_chinese_chars: true,
  tokenizer_class: 'BertTokenizer',
});

/** The steps of a BertTokenizer in the form that the `tokenizers` library saves them. */
function pipeline({ entries, lowercase }: CheckpointVocabulary) {
  const ids = new Map(entries.map((entry, id) => [entry, id]));
  const idOf = (token: string) => {
    const id = ids.get(token);
    if (id === undefined) throw new Error(`the vocabulary has no ${token}`);
    return id;
  };
  const special = (id: string, segment: number) => ({ SpecialToken: { id, type_id: segment } });
  const text = (id: 'A' | 'B', segment: number) => ({ Sequence: { id, type_id: segment } });
  const single = [special(SPECIAL.cls, 0), text('A', 0), special(SPECIAL.sep, 0)];
  const framing = [SPECIAL.cls, SPECIAL.sep].map((id) => [id, { id, ids: [idOf(id)], tokens: [id] }]);
  const added = Object.values(SPECIAL).map((content) => ({
    ...{ id: idOf(content), content, single_word: false, lstrip: false, rstrip: false, normalized: false },
    special: true,
  }));
  return {
    ...{ version: '1.0', truncation: null, padding: null },
    added_tokens: added.sort((a, b) => a.id - b.id),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      ...{ single, pair: [...single, text('B', 1), special(SPECIAL.sep, 1)] },
      special_tokens: Object.fromEntries(framing) as object,
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      ...{ type: 'WordPiece', unk_token: SPECIAL.unk, continuing_subword_prefix: '##', max_input_chars_per_word: 100 },
      vocab: Object.fromEntries(ids),
    },
  };
}
