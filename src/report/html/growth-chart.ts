import * as Plot from '@observablehq/plot';
import { chart } from './chart.ts';
import type { ReportedGrowth } from './growth-table.ts';
import { html, type Markup } from './markup.ts';
import { signed } from './words.ts';
import { LOOKS } from './palette.ts';

const LINE = 24;

/** Every growth as an arrow from the loss before it to the loss after it. */
export function growthChart(growths: readonly ReportedGrowth[]): Markup {
  const rows = growths.map(({ arm, number, before, after }) => ({
    name: arm.planned.stages.length > 2 ? `${arm.row.arm} ${number}` : arm.row.arm,
    ...{ before, after, change: signed(after - before, 3) },
    colour: LOOKS[arm.row.dimension].colour,
  }));
  const names = rows.map(({ name }) => name);
  const drawn = chart({
    alt: `Loss before and after each growth. ${rows.map((row) => `${row.name}: ${row.before.toFixed(3)} to ${row.after.toFixed(3)}`).join('; ')}.`,
    marginBottom: 42,
    height: 72 + LINE * rows.length,
    marginLeft: Math.min(150, 16 + 7 * Math.max(...names.map(({ length }) => length))),
    marginRight: 56,
    x: { label: 'validation loss', nice: true, ticks: 4, grid: true },
    y: {
      domain: names,
      label: null,
      tickSize: 0,
      tickFormat: (name: string) => (name.length > 19 ? `${name.slice(0, 18)}…` : name),
    },
    marks: [
      ...rows.flatMap((row) => [
        Plot.link([row], { x1: 'before', x2: 'after', y: 'name', stroke: row.colour, strokeWidth: 2 }),
        Plot.dot([row], { x: 'before', y: 'name', r: 4, fill: 'var(--paper)', stroke: row.colour, strokeWidth: 2 }),
        Plot.dot([row], { x: 'after', y: 'name', r: 4, fill: row.colour }),
      ]),
      Plot.text(rows, {
        x: (row: { before: number; after: number }) => Math.max(row.before, row.after),
        y: 'name',
        text: 'change',
        dx: 9,
        textAnchor: 'start',
      }),
    ],
  });
  return html`<figure>
    <figcaption><b>Loss at each growth</b>. Hollow: just before. Filled: just after.</figcaption>
    ${drawn}
  </figure>`;
}
