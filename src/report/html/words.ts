import { engineering, signedPercent } from '../quantity.ts';

/** A speedup for people to read: `+25.3%`, `−2.1%`, with a true minus sign. */
export const speedupText = (value: number): string => signedPercent(value).replace('-', '−');

/** A speedup on an axis: `+50%`. */
export const speedupTick = (value: number): string => speedupText(value).replace('.0%', '%');

/** A large number on an axis: `10G`. */
export const engineeringTick = (value: number): string =>
  engineering(value).replace(/(\.\d*?)0+(?=\D*$)/, (_, kept: string) => (kept === '.' ? '' : kept));

/** A signed number with a fixed number of digits and a true minus sign. */
export function signed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  if (Number(text) === 0) return (0).toFixed(digits);
  return value > 0 ? `+${text}` : text.replace('-', '−');
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}
