import { suggest, UserError } from '../../errors.ts';
import type { Corpus, ShippedCorpus } from './corpus.ts';
import { jsonLines } from './json-lines.ts';
import { sotu } from './sotu.ts';
import { textFile } from './text-file.ts';
import { wordnet } from './wordnet.ts';

/** Every corpus that a sweep can name. A new one is a file of its own and a line here. */
export const corpora: readonly ShippedCorpus[] = [wordnet, sotu];

/** The corpus that an entry of data.corpus means: a shipped one's name, or the path of a .txt or .jsonl file. */
export function openCorpus(source: string): Corpus {
  const shipped = corpora.find(({ name }) => name === source);
  if (shipped !== undefined) return shipped;
  if (source.endsWith('.txt')) return textFile(source);
  if (source.endsWith('.jsonl')) return jsonLines(source);
  const names = corpora.map(({ name }) => name);
  throw new UserError(
    `data.corpus must name a shipped corpus or a .txt or .jsonl file, got "${source}".`,
    `${suggest(source, names)}Shipped are ${names.join(' and ')}.`,
  );
}
