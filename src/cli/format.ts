/** Milliseconds as a clock shows them: `0:07`, `12:30`, `1:02:05`. Never negative. */
export function clock(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = String(seconds % 60).padStart(2, '0');
  return hours === 0 ? `${minutes}:${tail}` : `${hours}:${String(minutes).padStart(2, '0')}:${tail}`;
}

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

/** Cut to `width` characters, the last of them an ellipsis where something is lost. */
export const truncated = (text: string, width: number): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`.slice(0, Math.max(0, width));
