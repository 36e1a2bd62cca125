/** A vocabulary that is wanted. */
export interface VocabularyRequest {
  /** Names of shipped corpora, or paths of files of text. */
  readonly corpora: readonly string[];
  /** Entries, special tokens included. */
  readonly size: number;
  /** Whether case and accents are kept. */
  readonly cased: boolean;
  /** The file to write, an entry a line. */
  readonly out: string;
  readonly signal: AbortSignal;
  readonly onEvent: (event: VocabularyEvent) => void;
}

/** How far it is: bytes of the sources that were read, then entries that were learned. */
export interface VocabularyEvent {
  readonly type: 'read' | 'learn';
  readonly done: number;
  readonly of: number;
}

export interface VocabularyReport {
  /** Less than were asked for where the text has no more pairs that come twice. */
  readonly entries: number;
  /** Words of the text, and different ones. */
  readonly words: number;
  readonly different: number;
}

/**
 * Trains a vocabulary and writes it; handed to the command line, which never loads the text code itself. Rejects with a
 * UserError on the user's mistakes, and with `signal.reason` when stopped; then nothing is written.
 */
export type VocabularyTrainer = (request: VocabularyRequest) => Promise<VocabularyReport>;
