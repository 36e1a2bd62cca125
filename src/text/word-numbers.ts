/** The words of text as numbers: the same number for the same word, from 0 up in the order in which they are met. */
export interface WordNumbers {
  /** How many different words were met. */
  readonly size: number;
  /** Numbers of a text's words, in order. A word met for the first time is added to `fresh`. */
  of(text: string, fresh: string[]): Int32Array;
}

/** Kinds of UTF-16 code units: part of a word, between words, a word by itself. */
const [PART, SPACE, ALONE] = [0, 1, 2];
const KINDS = kindsOfUnits();

/**
 * Numbers words without making a string of any that was met before. Text is cut where BERT's tokenization cuts it
 * whatever stands around: at plain spaces, and around ASCII punctuation and the common CJK characters, each a word by
 * itself. Rarer spaces and punctuation stay inside of words.
 */
export function wordNumbers(): WordNumbers {
  let slots = new Int32Array(1 << 12).fill(-1);
  let hashes = new Int32Array(1 << 10);
  /** Where a word's code units begin in `units`; those of number n end where those of n + 1 begin. */
  let starts = new Int32Array((1 << 10) + 1);
  let units = new Uint16Array(1 << 14);
  let size = 0;
  let found = new Int32Array(1 << 10);

  const isWord = (number: number, text: string, start: number, end: number): boolean => {
    let at = starts[number]!;
    if (starts[number + 1]! - at !== end - start) return false;
    for (let index = start; index < end; index += 1, at += 1) if (units[at] !== text.charCodeAt(index)) return false;
    return true;
  };
  const place = (number: number): void => {
    let slot = hashes[number]! & (slots.length - 1);
    while (slots[slot] !== -1) slot = (slot + 1) & (slots.length - 1);
    slots[slot] = number;
  };
  const add = (text: string, start: number, end: number, hash: number): number => {
    const number = size;
    const at = starts[number]!;
    if (number === hashes.length) [hashes, starts] = [longer(hashes, 2 * number), longer(starts, 2 * number + 1)];
    if (at + end - start > units.length) units = longer(units, 2 * (at + end - start));
    for (let index = start; index < end; index += 1) units[at + index - start] = text.charCodeAt(index);
    starts[number + 1] = at + end - start;
    hashes[number] = hash;
    size += 1;
    // Half empty, so that a search is short.
    if (2 * size <= slots.length) place(number);
    else {
      slots = new Int32Array(2 * slots.length).fill(-1);
      for (let known = 0; known < size; known += 1) place(known);
    }
    return number;
  };
  const numberOf = (text: string, start: number, end: number, hash: number, fresh: string[]): number => {
    const last = slots.length - 1;
    for (let slot = hash & last; slots[slot] !== -1; slot = (slot + 1) & last) {
      const number = slots[slot]!;
      if (hashes[number] === hash && isWord(number, text, start, end)) return number;
    }
    fresh.push(text.slice(start, end));
    return add(text, start, end, hash);
  };
  return {
    get size() {
      return size;
    },
    of(text, fresh) {
      if (found.length < text.length) found = new Int32Array(2 * text.length);
      let count = 0;
      for (let at = 0; at < text.length;) {
        const kind = KINDS[text.charCodeAt(at)];
        if (kind === SPACE) {
          at += 1;
          continue;
        }
        const start = at;
        let hash = mixed(SEED, text.charCodeAt(at));
        at += 1;
        if (kind === PART) {
          for (; at < text.length; at += 1) {
            const unit = text.charCodeAt(at);
            if (KINDS[unit] !== PART) break;
            hash = mixed(hash, unit);
          }
        }
        found[count] = numberOf(text, start, at, hash ^ (hash >>> 15), fresh);
        count += 1;
      }
      return found.slice(0, count);
    },
  };
}

/** FNV-1a over code units. */
const SEED = 0x811c9dc5 | 0;
const mixed = (hash: number, unit: number): number => Math.imul(hash ^ unit, 0x01000193);

function kindsOfUnits(): Uint8Array {
  const kinds = new Uint8Array(1 << 16);
  for (const space of ' \t\r\n') kinds[space.charCodeAt(0)] = SPACE;
  for (let unit = 33; unit < 127; unit += 1) if (!/[0-9A-Za-z]/.test(String.fromCharCode(unit))) kinds[unit] = ALONE;
  // The blocks of Unicode that BERT spaces out (Devlin et al. 2019, released tokenization.py), without the rare ones.
  kinds.fill(ALONE, 0x3400, 0x4dc0);
  kinds.fill(ALONE, 0x4e00, 0xa000);
  return kinds;
}

function longer<Numbers extends Int32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>>(
  numbers: Numbers,
  length: number,
): Numbers {
  const copy = new (numbers.constructor as new (length: number) => Numbers)(length);
  copy.set(numbers);
  return copy;
}
