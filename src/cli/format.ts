export { engineering, percent, signedPercent } from '../report/quantity.ts';

/** Milliseconds as a clock shows them: `0:07`, `12:30`, `1:02:05`. Never negative. */
export function clock(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = String(seconds % 60).padStart(2, '0');
  return hours === 0 ? `${minutes}:${tail}` : `${hours}:${String(minutes).padStart(2, '0')}:${tail}`;
}

/** Cut to `width` characters, the last of them `ellipsis` where something is lost. */
export const truncated = (text: string, width: number, ellipsis = '…'): string =>
  text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}${ellipsis}`.slice(0, Math.max(0, width));
