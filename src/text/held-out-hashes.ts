/** Words of which the beginning of a text is known by. */
const WORDS = 5;
/** Bits of the table: for ten thousand texts one place in four hundred is set. */
const TABLE_BITS = 22;
const PRIME = 0x01000193;
const SEED = 0x811c9dc5 | 0;

/**
 * Tells of most sentences that they hold none of the texts (given by their textKey), without making a string: false is
 * certain, true is to be looked into. The first five words of each text are known by a hash, shorter texts by that of
 * all of their words.
 */
export function holdsPerhaps(keys: ReadonlySet<string>): (sentence: string) => boolean {
  const table = new Uint8Array(1 << (TABLE_BITS - 3));
  const words = new Int32Array(WORDS);
  for (const key of keys) {
    if (!isPlain(key)) continue;
    const hashes = key === '' ? [] : key.split(' ').map(hashOf);
    const first = hashes.slice(0, WORDS);
    words.set(first);
    const place = placeOf(words, first.length, 0);
    table[place >>> 3]! |= 1 << (place & 7);
  }
  const isKnown = (place: number): boolean => ((table[place >>> 3]! >>> (place & 7)) & 1) === 1;
  return (sentence) => {
    let count = 0;
    let hash = SEED;
    let isInside = false;
    for (let index = 0; index <= sentence.length; index += 1) {
      const unit = index === sentence.length ? 0 : sentence.charCodeAt(index);
      // Only of ASCII is it plain what its key is.
      if (unit > 127) return true;
      const letter = LETTERS[unit]!;
      if (letter !== 0) {
        hash = Math.imul(hash ^ letter, PRIME);
        isInside = true;
        continue;
      }
      if (!isInside) continue;
      isInside = false;
      words[count % WORDS] = hash;
      count += 1;
      hash = SEED;
      if (count >= WORDS && isKnown(placeOf(words, WORDS, count % WORDS))) return true;
    }
    return count < WORDS && isKnown(placeOf(words, count, 0));
  };
}

/** ASCII letters and digits by code, lowercased; 0 for what a key has no place for. */
const LETTERS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code).toLowerCase();
  return /[a-z0-9]/.test(character) ? character.charCodeAt(0) : 0;
});

const isPlain = (key: string): boolean => /^[a-z0-9 ]*$/.test(key);

function hashOf(word: string): number {
  let hash = SEED;
  for (let index = 0; index < word.length; index += 1) hash = Math.imul(hash ^ word.charCodeAt(index), PRIME);
  return hash;
}

/** Where in the table the hashes of `count` words stand, the first of them at `first` of a ring. */
function placeOf(words: Int32Array, count: number, first: number): number {
  let hash = count;
  for (let word = 0; word < count; word += 1) {
    const at = first + word;
    hash = Math.imul(hash ^ words[at < WORDS ? at : at - WORDS]!, 0x9e3779b1) ^ (hash >>> 13);
  }
  return (hash ^ (hash >>> 15)) >>> (32 - TABLE_BITS);
}
