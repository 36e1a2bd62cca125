import type { ReportedPoint } from './arms.ts';
import { html, type Markup } from './markup.ts';
import { listed } from './words.ts';

/** What a reader must know before trusting rows: every warning once, with the arms that it is about. */
export function warningsList({ arms }: ReportedPoint): Markup | null {
  const texts = [...new Set(arms.flatMap(({ row }) => row.warnings))];
  if (texts.length === 0) return null;
  const names = (text: string) => arms.filter(({ row }) => row.warnings.includes(text)).map(({ row }) => row.arm);
  return html`<ul class="warnings">
    ${texts.map((text) => html`<li>${text} (${listed(names(text))})</li>`)}
  </ul>`;
}
