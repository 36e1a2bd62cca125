import { hashText } from '../hash.ts';
import { EXACT_MATCH, F1 } from '../metrics.ts';
import { exactMatch, spanF1 } from '../span-metrics.ts';
import { splitExamples } from '../split.ts';
import type { SourceFiles, SpanExample, SpanTask } from '../task.ts';
import { synsetsOf, type Synset } from './synset.ts';
import { findUse, withFullStop, type Occurrence } from './usage.ts';

const FILES = ['data.noun', 'data.verb', 'data.adj', 'data.adv'];
const SENTENCES = 8;

/** A definition, and a sentence that uses a word so defined. */
interface Entry {
  readonly id: string;
  readonly definition: string;
  readonly sentence: string;
  readonly use: Occurrence;
}

/**
 * A definition and a passage of eight sentences -> the word so defined. Seven of the sentences use other words. The
 * entries are split before passages are made, so that no sentence stands in passages of both splits.
 */
function examples(files: SourceFiles) {
  const entries = FILES.flatMap((file) => synsetsOf(files, file).flatMap(entryOf));
  const { train, test } = splitExamples(
    entries,
    ({ definition }) => definition,
    ({ definition, sentence }) => [definition, sentence],
  );
  return { train: train.map((entry) => passageOf(entry, train)), test: test.map((entry) => passageOf(entry, test)) };
}

function entryOf({ id, words, definition, examples: sentences }: Synset): Entry[] {
  for (const plain of sentences) {
    const sentence = withFullStop(plain.replace(/\s+/g, ' '));
    for (const word of words) {
      const use = findUse(sentence, word);
      if (use !== null) return [{ id, definition, sentence, use }];
    }
  }
  return [];
}

function passageOf(entry: Entry, entries: readonly Entry[]): SpanExample {
  const answer = entry.sentence.slice(entry.use.start, entry.use.end);
  const chosen = othersFor(entry, answer, entries);
  chosen.splice(hashText(entry.id) % SENTENCES, 0, entry);
  const before = chosen.slice(0, chosen.indexOf(entry)).reduce((sum, { sentence }) => sum + sentence.length + 1, 0);
  return {
    question: entry.definition,
    // One sentence a line: how texts() finds them again, and a space like any other to the tokenizer.
    passage: chosen.map(({ sentence }) => sentence).join('\n'),
    start: before + entry.use.start,
    end: before + entry.use.end,
    answers: [answer],
  };
}

/** Seven sentences drawn by the entry's name, none of which holds the answer too. */
function othersFor(entry: Entry, answer: string, entries: readonly Entry[]): Entry[] {
  const chosen: Entry[] = [];
  const wanted = answer.toLowerCase();
  // Bounded, so that a handful of entries cannot search for ever: their passages are shorter.
  for (let draw = 0; chosen.length < SENTENCES - 1 && draw < 10 * SENTENCES; draw += 1) {
    const other = entries[hashText(`${entry.id}/${draw}`) % entries.length]!;
    const usable = other !== entry && !chosen.includes(other) && !other.sentence.toLowerCase().includes(wanted);
    if (usable) chosen.push(other);
  }
  return chosen;
}

export const span: SpanTask = {
  name: 'wordnet-span',
  kind: 'span',
  summary: 'a definition and a passage of eight sentences -> the word so defined',
  version: 1,
  data: 'wordnet',
  files: FILES,
  long: 'cut',
  metrics: [EXACT_MATCH, F1],
  baselines: [
    { name: 'random word', metric: 'exact_match', value: 0.018, source: 'bench/baselines.js' },
    { name: 'overlap', metric: 'exact_match', value: 0.141, source: 'bench/baselines.js' },
  ],
  examples,
  score(predictions, scored) {
    const texts = predictions.map(({ text }) => text);
    return { exact_match: exactMatch(texts, scored), f1: spanF1(texts, scored) };
  },
  texts: ({ question, passage }) => [question, ...passage.split('\n')],
};
