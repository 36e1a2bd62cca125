/** The corpora that come with growbench; anything else in `data.corpus` is a path. */
export const CORPORA = ['wordnet', 'sotu'] as const;
export type CorpusName = (typeof CORPORA)[number];

/** One line on each corpus, for the sweep schema and the documentation. */
export const CORPUS_SUMMARIES: Readonly<Record<CorpusName, string>> = {
  wordnet: 'glosses and usage examples of WordNet 3.1',
  sotu: "the Presidents' State of the Union addresses",
};

/** What a user's file of text can be, by its last ending; .txt and .jsonl may be packed as .gz or .zst. */
export type CorpusFormat = 'txt' | 'jsonl' | 'parquet';

/** For messages and help. */
export const CORPUS_FILES = '.txt or .jsonl (also .gz or .zst of them) or .parquet';

/** What kind of text file a path names, and how it is packed; null for an ending that cannot be read. */
export function corpusFormat(
  path: string,
): { readonly format: CorpusFormat; readonly packed: 'gz' | 'zst' | null } | null {
  const match = /\.(?:(txt|jsonl)(?:\.(gz|zst))?|(parquet))$/i.exec(path);
  if (match === null) return null;
  const [, lines, packed, columns] = match.map((part: string | undefined) => part?.toLowerCase());
  return { format: (lines ?? columns) as CorpusFormat, packed: (packed ?? null) as 'gz' | 'zst' | null };
}

/** Entries of the shipped vocabulary that `data.vocab` may ask for: the alphabet must fit, and the list ends. */
export const VOCABULARY_SIZES = { minimum: 256, maximum: 4000 } as const;
