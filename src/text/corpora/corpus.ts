/** Sentences that stand or fall together: where one of them is held out for a test, all of them are. */
export type Passage = readonly string[];

/** Passages that follow one another in the source. */
export interface Document {
  readonly passages: readonly Passage[];
  /** How much of the source it took, for the progress display. */
  readonly bytes: number;
}

/** A source of pre-training text. It is streamed: no more than a document is in memory. */
export interface Corpus {
  readonly name: string;
  /** The files that decide its text, in order. */
  files(): readonly string[];
  /** Throws a UserError where a file cannot be used. */
  documents(): AsyncIterable<Document>;
}

/** A corpus that comes with growbench. */
export interface ShippedCorpus extends Corpus {
  readonly summary: string;
  /** Package and version range of the text. */
  readonly source: string;
  readonly licence: string;
}
