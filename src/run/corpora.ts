/** The corpora that come with growbench; anything else in `data.corpus` is a path. */
export const CORPORA = ['wordnet', 'sotu'] as const;
export type CorpusName = (typeof CORPORA)[number];

/** One line on each corpus, for the sweep schema and the documentation. */
export const CORPUS_SUMMARIES: Readonly<Record<CorpusName, string>> = {
  wordnet: 'glosses and usage examples of WordNet 3.1',
  sotu: "the Presidents' State of the Union addresses",
};

/** Entries of the shipped vocabulary that `data.vocab` may ask for: the alphabet must fit, and the list ends. */
export const VOCABULARY_SIZES = { minimum: 256, maximum: 4000 } as const;
