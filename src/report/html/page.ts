import type { ResultsFolder } from '../folder.ts';
import type { TaskMetrics } from '../metrics.ts';
import { outcomesOf, type Status } from '../outcomes.ts';
import { reportedPoints, type ReportedPoint } from './arms.ts';
import { cellsTable } from './cells-table.ts';
import { renumbered } from './chart.ts';
import { curveCharts } from './curve-charts.ts';
import { growthChart } from './growth-chart.ts';
import { growthTable, reportedGrowths } from './growth-table.ts';
import { html, type Markup } from './markup.ts';
import { provenanceSection } from './provenance.ts';
import { resultsTable } from './results-table.ts';
import { scheduleCharts } from './schedule-chart.ts';
import { STYLE } from './style.ts';
import { tasksTable } from './tasks-table.ts';
import { tradeoffCharts } from './tradeoff-chart.ts';
import { verdict } from './verdict.ts';
import { warningsList } from './warnings-list.ts';

/**
 * The report on a sweep: one HTML page that needs nothing else, neither files nor a network nor a script. `tasks` are
 * the metrics that scores are made of.
 */
export function reportPage({ plan, records, growbench }: ResultsFolder, tasks: TaskMetrics): string {
  const points = reportedPoints(plan, records, tasks);
  const { name, question } = plan.comparison;
  const title = question === '' ? name : question;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="generator" content="growbench ${growbench.version}" />
        <title>${title}</title>
        <style>
          ${{ markup: STYLE }}
        </style>
      </head>
      <body>
        <header>
          <p class="name">${question === '' ? 'growbench' : name}</p>
          <h1>${title}</h1>
          <div class="verdict">
            ${points.map(
              (point) => html`<p>${point.title === '' ? null : html`<b>${point.title}</b>: `}${verdict(point)}</p> `,
            )}
            <p class="note">
              No detectable difference is not proof of none: the interval says how large one could still be.
              ${cellCounts(plan, records)}
            </p>
          </div>
        </header>
        <main>
          ${points.map((point) => pointSections(point, points.length > 1))}
          <section>
            <h2>Provenance</h2>
            ${provenanceSection(plan, records, growbench)}
          </section>
        </main>
      </body>
    </html> `;
  return renumbered(page.markup);
}

function pointSections(point: ReportedPoint, inGrid: boolean): Markup {
  const growths = reportedGrowths(point);
  const [flops, time] = [curveCharts(point, 'flops'), curveCharts(point, 'seconds')];
  const where = inGrid ? ` at ${point.title}` : '';
  const warnings = warningsList(point);
  return html`<section>
      <h2>Results${where}</h2>
      ${resultsTable(point)} ${tradeoffCharts(point)}${tasksTable(point)}
    </section>
    ${
      warnings === null
        ? null
        : html`<section>
            <h2>Warnings${where}</h2>
            ${warnings}
          </section>`
    }
    ${
      flops === null
        ? null
        : html`<section>
            <h2>Validation loss against FLOPs${where}</h2>
            ${CURVE_NOTE}${flops}
          </section>`
    }
    ${
      time === null
        ? null
        : html`<section>
            <h2>Validation loss against time${where}</h2>
            ${CURVE_NOTE}${time}
          </section>`
    }
    ${
      growths.length === 0
        ? null
        : html`<section>
            <h2>Growth${where}</h2>
            ${growthTable(growths)}
            <div class="charts large">${growthChart(growths)}</div>
          </section>`
    }
    <section>
      <h2>Schedules${where}</h2>
      <p class="note">
        As planned, or as they ran where a stage may end early. Full height is the full-size model; width is the share
        of a layer's parameters, cost that of a step's FLOPs.
      </p>
      ${scheduleCharts(point)}
    </section>
    <section>
      <h2>Cells${where}</h2>
      ${cellsTable(point)}
    </section> `;
}

const CURVE_NOTE = html`<p class="note">
  Line: mean over the finished seeds. Band: lowest to highest of them. Ring: a growth. Dashed: the baseline. The start
  of training lies above the frame.
</p>`;

function cellCounts(plan: ResultsFolder['plan'], records: ResultsFolder['records']): string {
  const outcomes = outcomesOf(plan, records);
  const count = (wanted: Status) => outcomes.filter(({ status }) => status === wanted).length;
  const others = (['failed', 'diverged', 'pending'] as const).flatMap((status) =>
    count(status) === 0 ? [] : [`${count(status)} ${status}`],
  );
  return `Cells: ${[`${count('done')} of ${outcomes.length} done`, ...others].join(', ')}.`;
}
