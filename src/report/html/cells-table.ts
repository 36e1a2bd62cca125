import type { Outcome } from '../outcomes.ts';
import type { ReportedPoint } from './arms.ts';
import { html, type Markup } from './markup.ts';
import { swatch } from './results-table.ts';

/** Every cell with how it ended: arms down, seeds across. */
export function cellsTable({ arms }: ReportedPoint): Markup {
  const seeds = [...new Set(arms.flatMap(({ outcomes }) => outcomes.map(({ cell }) => cell.seed)))];
  return html`<p class="note">Final validation loss of every cell, or how it ended.</p>
    <div class="wide">
      <table class="cells">
        <thead>
          <tr>
            <th scope="col">arm</th>
            ${seeds.map((seed) => html`<th scope="col">seed ${seed}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${arms.map(
            ({ row, outcomes }) =>
              html`<tr>
                <th scope="row">${swatch(row)}${row.arm}</th>
                ${seeds.map((seed) => cellOf(outcomes.find(({ cell }) => cell.seed === seed)))}
              </tr> `,
          )}
        </tbody>
      </table>
    </div>`;
}

function cellOf(outcome: Outcome | undefined): Markup {
  if (outcome === undefined) return html`<td></td>`;
  const { status, done, record } = outcome;
  const text = done?.loss == null ? status : done.loss.toFixed(3);
  const error = record?.error?.split('\n', 1)[0] ?? null;
  return html`<td class="${status}">${text}${error === null ? null : html`: <small>${error}</small>`}</td>`;
}
