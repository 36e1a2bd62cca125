import { UserError } from '../../errors.ts';
import { sentencesOf } from '../sentences.ts';
import type { Corpus, Document } from './corpus.ts';
import { emptyCorpus, linesOf, type Line } from './lines.ts';

/** A .jsonl file, packed or not: one document a line, `{"text": "…"}`; other fields are ignored. */
export function jsonLines(path: string): Corpus {
  return { name: path, files: () => [path], documents: () => documentsOf(path) };
}

async function* documentsOf(path: string): AsyncGenerator<Document> {
  let found = false;
  for await (const lines of linesOf(path)) {
    for (const line of lines) {
      if (line.text.trim() === '') continue;
      const passages = sentencesOf(textOf(line, path)).map((sentence) => [sentence]);
      if (passages.length === 0) continue;
      found = true;
      yield { passages, bytes: line.bytes };
    }
  }
  if (!found) throw emptyCorpus(path);
}

function textOf({ text, number }: Line, path: string): string {
  const value = parse(text, `${path}:${number}`);
  const field = typeof value === 'object' && value !== null && 'text' in value ? value.text : undefined;
  if (typeof field === 'string') return field;
  throw new UserError(
    `${path}:${number}: a line of a .jsonl corpus must have a "text" that is a string.`,
    'Write {"text": "…"} on every line.',
  );
}

function parse(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(
      `${place}: a line of a .jsonl corpus must be JSON (${(error as Error).message}).`,
      'Write one {"text": "…"} a line, with line breaks inside the text as \\n.',
      { cause: error },
    );
  }
}
