/** A count with three digits and its power of ten in words of SI: `2.04T`. */
export function engineering(value: number): string {
  const units = ['', 'k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];
  // Rounded first, so that 999.6k is 1.00M and not 1000k.
  const rounded = Number(value.toPrecision(3));
  const power = rounded < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(rounded) / 3));
  return power === 0 ? String(rounded) : `${(rounded / 1000 ** power).toPrecision(3)}${units[power]!}`;
}

/** A share in percent: `52.1%`. */
export const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

/** A ratio minus 1 as signed percent: `+25.3%`. */
export function signedPercent(ratio: number): string {
  const text = (100 * ratio).toFixed(1);
  return `${Number(text) < 0 ? '' : '+'}${Number(text) === 0 ? '0.0' : text}%`;
}
