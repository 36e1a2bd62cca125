import type { ReportedPoint } from './arms.ts';
import { rowData } from './data.ts';
import { html, type Markup } from './markup.ts';
import { swatch } from './results-table.ts';

/** In percent, as GLUE and SQuAD report it. */
const PERCENT = 100;

/** Every metric of every task, the columns of `results.csv` that a score is made of; nothing without tasks. */
export function tasksTable({ arms }: ReportedPoint): Markup | null {
  const rows = arms.map(({ row }) => row);
  const metrics = rows[0]?.metrics ?? [];
  if (metrics.length === 0) return null;
  const data = rowData(rows);
  const text = (value: number) => (PERCENT * value).toFixed(1);
  return html`<p class="note">
      Fine-tuning: means over the finished seeds, in percent. A task's first metric counts in the score.
    </p>
    <div class="wide">
      <table class="tasks">
        <thead>
          <tr>
            <th scope="col">arm</th>
            ${metrics.map(({ task, metric }) => html`<th scope="col">${task}<br />${metric}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr class="${row.dimension}">
                <th scope="row">${swatch(row)}${row.arm}</th>
                ${metrics.map(({ task, metric }) => html`<td>${data.number(`${task}.${metric}`, row, text)}</td>`)}
              </tr> `,
          )}
        </tbody>
      </table>
    </div>`;
}
