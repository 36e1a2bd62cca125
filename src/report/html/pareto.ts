/** Something that is fast to a degree and good to a degree: of both, more is better. */
export interface Tradeoff {
  readonly speedup: number;
  readonly quality: number;
}

/** Those that no other one beats in one thing without losing in the other, from the slowest to the fastest. */
export function paretoFront<Item extends Tradeoff>(items: readonly Item[]): Item[] {
  const beaten = (item: Item) =>
    items.some(
      (other) =>
        other.speedup >= item.speedup &&
        other.quality >= item.quality &&
        (other.speedup > item.speedup || other.quality > item.quality),
    );
  return items.filter((item) => !beaten(item)).sort((a, b) => a.speedup - b.speedup);
}
