import type { ArmRow } from '../arms.ts';
import { engineering } from '../quantity.ts';
import type { ReportedPoint } from './arms.ts';
import { rowData, type RowData } from './data.ts';
import { html, type Markup, type Part } from './markup.ts';
import { findingOf, LOSS, measureOf, type Finding, type Measure } from './measure.ts';
import { LOOKS } from './palette.ts';
import { signed, speedupText } from './words.ts';

interface PageColumn {
  readonly title: string;
  readonly cell: (row: ArmRow) => Part;
}

/** A point's rows of `results.csv`. Every number carries, as its value, the very text that stands in that file. */
export function resultsTable(point: ReportedPoint): Markup {
  const columns = pageColumns(point);
  const line = (row: ArmRow) =>
    html`<tr class="${row.dimension}">
      <th scope="row">${swatch(row)}${row.arm}</th>
      ${columns.map(({ cell }) => html`<td>${cell(row)}</td>`)}
    </tr> `;
  return html`<p class="note">
      Mean ± standard deviation over the n seeds that were finished; loss in nats per masked token, scores in percent.
      Brackets: 95 % confidence interval. Differences are from ${point.arms[0]?.row.arm ?? ''}, seed by seed; p of there
      being none: exact sign-flip test, adjusted for all tests of the sweep (Holm); a p alone: no detectable difference.
    </p>
    <div class="wide">
      <table class="results">
        <thead>
          <tr>
            <th scope="col">arm</th>
            ${columns.map(({ title }) => html`<th scope="col">${title}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${point.arms.map(({ row }) => line(row))}
        </tbody>
      </table>
    </div>`;
}

/** The colour that the arm's group has in the charts. */
export const swatch = ({ dimension }: Pick<ArmRow, 'dimension'>): Markup =>
  html`<span class="swatch" style="background:${LOOKS[dimension].colour}"></span>`;

function pageColumns(point: ReportedPoint): PageColumn[] {
  const data = rowData(point.arms.map(({ row }) => row));
  const measure = measureOf(point);
  return [
    { title: 'n', cell: (row) => countCell(row, data) },
    { title: 'FLOPs', cell: (row) => data.number('flops', row, engineering) },
    { title: 'speedup (FLOPs)', cell: (row) => data.number('speedup_flops', row, speedupText) },
    { title: 'speedup (time)', cell: (row) => data.estimate('speedup_time', row, row.speedupTime, boundedSpeedup) },
    {
      title: "speedup to the baseline's loss (FLOPs)",
      cell: (row) => data.estimate('speedup_to_loss', row, row.speedupToLoss, boundedSpeedup),
    },
    {
      title: "speedup to the baseline's loss (time)",
      cell: (row) => data.estimate('speedup_to_loss_time', row, row.speedupToLossTime, boundedSpeedup),
    },
    { title: 'loss', cell: (row) => data.spread('loss', row, row.loss, LOSS.digits) },
    differenceColumn(LOSS, data),
    ...(measure.name === 'loss'
      ? []
      : [
          { title: 'score', cell: (row: ArmRow) => data.spread('score', row, row.score, measure.digits) },
          differenceColumn(measure, data),
        ]),
  ];
}

/** Beyond this an interval says only that there are too few seeds for one: its digits would say nothing. */
const LARGEST_SPEEDUP = 10;

const boundedSpeedup = (value: number): string =>
  value > LARGEST_SPEEDUP ? `> ${speedupText(LARGEST_SPEEDUP)}` : speedupText(value);

const countCell = (row: ArmRow, data: RowData): Part => [
  data.number('n', row, String),
  row.failed === 0 ? null : html` <span class="failed">(${data.number('failed', row, String)} failed)</span>`,
];

/** The baseline differs from itself in nothing, and needs no test to show it. */
function differenceColumn(measure: Measure, data: RowData): PageColumn {
  const text = (value: number) => signed(value, measure.digits);
  return {
    title: `${measure.name} difference`,
    cell(row) {
      const difference = measure.difference(row);
      if (row.dimension === 'baseline' || difference.value === null) return null;
      const finding = findingOf(difference, measure.higherIsBetter);
      const p = data.number(`${measure.name}_p`, row, (value) => (value < 0.001 ? '< 0.001' : value.toFixed(3)));
      return [
        data.estimate(`${measure.name}_delta`, row, difference, text),
        html`<br /><span class="test"
            ><span class="finding ${finding}">${FINDINGS[finding]}</span
            >${p === null ? null : html` <small>p ${p}</small>`}</span
          >`,
      ];
    },
  };
}

const FINDINGS: Readonly<Record<Finding, string>> = {
  better: 'better',
  worse: 'worse',
  alike: '',
  few: 'too few seeds',
  unknown: '',
};
