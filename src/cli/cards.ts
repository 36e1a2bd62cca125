import { readdirSync } from 'node:fs';

/** Where NVIDIA's driver for Linux lists its cards. */
const DRIVER = '/proc/driver/nvidia/gpus';

/** The NVIDIA cards that this process may use, as CUDA_VISIBLE_DEVICES names them; none where there is no driver. */
export function visibleCards(env: Readonly<Record<string, string | undefined>>, driver = DRIVER): string[] {
  const named = env.CUDA_VISIBLE_DEVICES;
  if (named !== undefined) return named.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));
  try {
    return readdirSync(driver).map((_, index) => String(index));
  } catch {
    return [];
  }
}

/** What a worker in the given place is told, so that it sees one card and no other's; nothing where there is no choice. */
export function cardOf(place: number, cards: readonly string[]): Readonly<Record<string, string>> {
  return cards.length < 2 ? {} : { CUDA_VISIBLE_DEVICES: cards[place % cards.length]! };
}
