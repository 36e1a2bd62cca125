import { suggest, UserError } from '../../errors.ts';
import { CORPUS_FILES, corpusFormat } from '../../run/corpora.ts';
import type { Corpus, ShippedCorpus } from './corpus.ts';
import { jsonLines } from './json-lines.ts';
import { parquetFile } from './parquet-file.ts';
import { sotu } from './sotu.ts';
import { textFile } from './text-file.ts';
import { wordnet } from './wordnet.ts';

/** Every corpus that a sweep can name. A new one is a file of its own and a line here. */
export const corpora: readonly ShippedCorpus[] = [wordnet, sotu];

/** The corpus that an entry of data.corpus means: a shipped one's name, or the path of a file of text. */
export function openCorpus(source: string): Corpus {
  const shipped = corpora.find(({ name }) => name === source);
  if (shipped !== undefined) return shipped;
  switch (corpusFormat(source)?.format) {
    case 'txt':
      return textFile(source);
    case 'jsonl':
      return jsonLines(source);
    case 'parquet':
      return parquetFile(source);
    case undefined: {
      const names = corpora.map(({ name }) => name);
      throw new UserError(
        `data.corpus must name a shipped corpus or a file that is ${CORPUS_FILES}, got "${source}".`,
        `${suggest(source, names)}Shipped are ${names.join(' and ')}.`,
      );
    }
  }
}
