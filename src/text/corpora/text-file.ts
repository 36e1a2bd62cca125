import type { Corpus, Document, Passage } from './corpus.ts';
import { emptyCorpus, linesOf } from './lines.ts';

/** Text without a blank line in a long while is cut here, so that no file has to fit in memory. */
const LONGEST_DOCUMENT = 1000;

/** A .txt file, packed or not: one sentence a line, a blank line between documents. */
export function textFile(path: string): Corpus {
  return { name: path, files: () => [path], documents: () => documentsOf(path) };
}

async function* documentsOf(path: string): AsyncGenerator<Document> {
  let passages: Passage[] = [];
  let bytes = 0;
  let found = false;
  for await (const lines of linesOf(path, 'cut')) {
    for (const line of lines) {
      const sentence = line.text.trim();
      bytes += line.bytes;
      if (sentence !== '') passages.push([sentence]);
      if (passages.length === 0 || (sentence !== '' && passages.length < LONGEST_DOCUMENT)) continue;
      yield { passages, bytes };
      found = true;
      passages = [];
      bytes = 0;
    }
  }
  if (passages.length > 0) yield { passages, bytes };
  else if (!found) throw emptyCorpus(path);
}
