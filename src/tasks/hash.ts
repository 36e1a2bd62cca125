/**
 * FNV-1a of the text's UTF-16 code units, mixed by MurmurHash3's finalizer so that texts that differ in their last
 * letter only come out far apart. An unsigned 32-bit number: chooses and orders examples, the same on every machine.
 */
export function hashText(text: string): number {
  return mix(fnv1a(text));
}

/** FNV-1a, 32 bits. Equals the published byte-wise hash for ASCII texts. */
export function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The items in the order of their keys' hashes: a fixed shuffle. Items with one key stay together, in order. */
export function shuffleBy<Item>(items: readonly Item[], key: (item: Item) => string): Item[] {
  return items
    .map((item) => {
      const name = key(item);
      return { item, name, hash: hashText(name) };
    })
    .sort((a, b) => a.hash - b.hash || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map(({ item }) => item);
}
