/** Pairs of piece ids with their counts; the most frequent comes first, of equally frequent ones the lower key. */
export interface PairQueue {
  push(key: number, count: number): void;
  /** Removes the first; null where there is none. */
  pop(): { readonly key: number; readonly count: number } | null;
}

/** A binary heap. */
export function pairQueue(): PairQueue {
  const keys: number[] = [];
  const counts: number[] = [];
  const isBefore = (a: number, b: number): boolean =>
    counts[a]! > counts[b]! || (counts[a] === counts[b] && keys[a]! < keys[b]!);
  const swap = (a: number, b: number): void => {
    [keys[a], keys[b]] = [keys[b]!, keys[a]!];
    [counts[a], counts[b]] = [counts[b]!, counts[a]!];
  };
  return {
    push(key, count) {
      let at = keys.length;
      keys.push(key);
      counts.push(count);
      for (let above = (at - 1) >> 1; at > 0 && isBefore(at, above); above = (at - 1) >> 1) {
        swap(at, above);
        at = above;
      }
    },
    pop() {
      const last = keys.length - 1;
      if (last < 0) return null;
      swap(0, last);
      const first = { key: keys.pop()!, count: counts.pop()! };
      for (let at = 0; ;) {
        let next = 2 * at + 1;
        if (next >= last) return first;
        if (next + 1 < last && isBefore(next + 1, next)) next += 1;
        if (!isBefore(next, at)) return first;
        swap(at, next);
        at = next;
      }
    },
  };
}
