import type { Corpus, Document } from './corpora/corpus.ts';
import { heldOutText } from './held-out.ts';
import { drawsAt, PURPOSE } from './random.ts';

/** A piece of running text, all of which goes to the same shard. */
export interface Chunk {
  readonly text: string;
  /** The sentences that the text is made of, with a space between them. */
  readonly sentences: readonly string[];
  readonly shard: 'train' | 'validation';
  /** Whether the document ends with it. */
  readonly last: boolean;
  /** How much of the source it took. */
  readonly bytes: number;
}

/** Long documents are split here, so that validation text comes from all over a corpus, however it is cut. */
const PASSAGES_PER_CHUNK = 32;
/** One chunk in fifty is for validation: enough to measure a loss on, little to miss. */
const VALIDATION_EVERY = 50;

/** The text of corpora in order, without the passages that hold a held-out text (`heldOut` are textKeys). */
export async function* trainingText(corpora: readonly Corpus[], heldOut: ReadonlySet<string>): AsyncGenerator<Chunk> {
  const isHeldOut = heldOutText(heldOut);
  let index = 0;
  for (const corpus of corpora) {
    for await (const document of corpus.documents()) {
      for (const chunk of chunksOf(document, isHeldOut)) {
        yield { ...chunk, shard: isValidation(index) ? 'validation' : 'train' };
        index += 1;
      }
    }
  }
}

function* chunksOf(document: Document, isHeldOut: (sentence: string) => boolean): Generator<Omit<Chunk, 'shard'>> {
  const kept = document.passages.filter((passage) => !passage.some(isHeldOut));
  const chunks = Math.ceil(kept.length / PASSAGES_PER_CHUNK);
  for (let chunk = 0; chunk < chunks; chunk += 1) {
    const passages = kept.slice(chunk * PASSAGES_PER_CHUNK, (chunk + 1) * PASSAGES_PER_CHUNK);
    const sentences = passages.flat();
    yield { text: sentences.join(' '), sentences, last: chunk === chunks - 1, bytes: document.bytes / chunks };
  }
}

/** One chunk of every fifty, drawn; of the first fifty the first, so that a small corpus has some too. */
function isValidation(index: number): boolean {
  const block = Math.floor(index / VALIDATION_EVERY);
  const chosen = block === 0 ? 0 : drawsAt(0, PURPOSE.validation, block).below(VALIDATION_EVERY);
  return index % VALIDATION_EVERY === chosen;
}
