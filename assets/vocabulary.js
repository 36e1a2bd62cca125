// Makes assets/vocabulary.txt again: `npm run build && node assets/vocabulary.js`. Same packages, same list.
//
// WordPiece as it is trained in practice: words are cut into characters, then the most frequent pair of neighbours is
// joined, again and again. Entries are listed in the order in which they were learned, so that the first n of them are
// what training to size n gives. Trained on the shipped corpora, without the text of any test example.
import { bertNormalizer, bertPreTokenizer } from '@anush008/tokenizers';
import { writeFileSync } from 'node:fs';
import { corpora } from '../dist/text/corpora/index.js';
import { heldOutKeys } from '../dist/text/task-data.js';
import { trainingText } from '../dist/text/training-text.js';
import { VOCABULARY_SIZES } from '../dist/run/corpora.js';
import { SPECIAL_TOKENS } from '../dist/text/vocabulary.js';

/** Rarer characters are unknown: a few hundred foreign letters would take the place of common pieces. */
const RAREST_CHARACTER = 20;
const CONTINUES = '##';
/** Known whether these corpora use them or not: users bring their own. */
const ASCII = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index)).filter(
  (character) => character === character.toLowerCase(),
);

const pieces = learn(await countWords());
writeFileSync(new URL('vocabulary.txt', import.meta.url), `${pieces.join('\n')}\n`);
console.log(`${pieces.length} entries`);

async function countWords() {
  const normalizer = bertNormalizer();
  const splitter = bertPreTokenizer();
  const counts = new Map();
  for await (const { text } of trainingText(corpora, await heldOutKeys())) {
    for (const [word] of splitter.preTokenizeString(normalizer.normalizeString(text))) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return counts;
}

function learn(counts) {
  const words = [...counts].map(([word, count]) => ({
    count,
    pieces: [...word].map((character, index) => (index === 0 ? character : CONTINUES + character)),
  }));
  const list = new Set([...SPECIAL_TOKENS, ...alphabet(words)]);
  const pairs = countPairs(words.filter(({ pieces }) => pieces.every((piece) => list.has(piece))));
  while (list.size < VOCABULARY_SIZES.maximum) {
    const [pair, { wordsWith }] = mostFrequent(pairs);
    const [left, right] = pair.split(' ');
    list.add(left + right.slice(CONTINUES.length));
    for (const word of wordsWith) join(word, left, right, pairs);
    pairs.delete(pair);
  }
  return [...list];
}

function alphabet(words) {
  const counts = new Map();
  for (const { count, pieces } of words)
    for (const piece of pieces) counts.set(piece, (counts.get(piece) ?? 0) + count);
  const frequent = [...counts].filter(([, count]) => count >= RAREST_CHARACTER).map(([piece]) => piece);
  return [...new Set([...ASCII, ...frequent])].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
}

function countPairs(words) {
  const pairs = new Map();
  for (const word of words) addPairs(word, 1, pairs);
  return pairs;
}

function addPairs(word, sign, pairs) {
  for (let index = 0; index + 1 < word.pieces.length; index += 1) {
    const pair = `${word.pieces[index]} ${word.pieces[index + 1]}`;
    const entry = pairs.get(pair) ?? { count: 0, wordsWith: new Set() };
    entry.count += sign * word.count;
    if (sign > 0) entry.wordsWith.add(word);
    pairs.set(pair, entry);
  }
}

/** Ties go to the pair that sorts first, so that the list does not depend on the order of the text. */
function mostFrequent(pairs) {
  let best;
  for (const entry of pairs) {
    const more = best === undefined ? 1 : entry[1].count - best[1].count;
    if (more > 0 || (more === 0 && entry[0] < best[0])) best = entry;
  }
  return best;
}

function join(word, left, right, pairs) {
  addPairs(word, -1, pairs);
  const joined = [];
  for (const piece of word.pieces) {
    if (piece === right && joined.at(-1) === left) joined.push(joined.pop() + right.slice(CONTINUES.length));
    else joined.push(piece);
  }
  word.pieces = joined;
  addPairs(word, 1, pairs);
}
