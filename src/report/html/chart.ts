import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { html, type Markup } from './markup.ts';

/** What every chart has, besides its marks and scales. */
interface ChartText {
  /** All that the picture shows, in words: for those who do not see it. */
  readonly alt: string;
}

/** Width of every chart in its own units. So narrow that its text can still be read on a phone. */
export const CHART_WIDTH = 380;

/** Draws a chart as SVG, on no screen: text stays text, colours are left to the page's style. */
export function chart({ alt, ...options }: Plot.PlotOptions & ChartText): Markup {
  const page = parseHTML('<!doctype html><html><body></body></html>') as { readonly document: unknown };
  const drawn = draw({
    width: CHART_WIDTH,
    ...options,
    document: page.document,
    style: { fontSize: '12px' },
  });
  // The library's own serialization leaves angle brackets in attributes as they are.
  const opening = html`<svg role="img" aria-label="${alt}" `;
  return { markup: drawn.outerHTML.replace('<svg ', () => opening.markup) };
}

/** Plot's types are those of a browser, which is not here: this much of an element is used. */
const draw = Plot.plot as unknown as (options: object) => {
  readonly outerHTML: string;
};

/** Numbers the charts' clipping areas anew, from 1 in the order of the page: the library counts on from page to page. */
export function renumbered(page: string): string {
  const numbers = new Map<string, number>();
  return page.replace(/(?<=<clipPath id="|clip-path="url\(#)plot-clip-(\d+)(?=\)?")/g, (_, own: string) => {
    if (!numbers.has(own)) numbers.set(own, numbers.size + 1);
    return `clip-${numbers.get(own)!}`;
  });
}
