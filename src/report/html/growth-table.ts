import type { GrowthRecord } from '../../run/record.ts';
import { mean, standardDeviation } from '../statistics/centre.ts';
import type { ReportedArm, ReportedPoint } from './arms.ts';
import { html, type Markup } from './markup.ts';
import { signed } from './words.ts';
import { swatch } from './results-table.ts';

/** One growth of an arm, over its finished seeds. */
export interface ReportedGrowth {
  readonly arm: ReportedArm;
  /** Counted from 1. */
  readonly number: number;
  readonly step: number;
  readonly before: number;
  readonly after: number;
  /** Standard deviation of the change; null with one seed. */
  readonly sd: number | null;
  /** FFN and hidden units that differ, before and after. */
  readonly ffn: readonly [before: number, after: number];
  readonly hidden: readonly [before: number, after: number];
}

/** Every growth of every arm that has finished cells. */
export function reportedGrowths({ arms }: ReportedPoint): ReportedGrowth[] {
  return arms.flatMap((arm) => {
    const results = arm.outcomes.flatMap(({ done }) => done ?? []);
    const most = Math.max(0, ...results.map(({ growths }) => growths.length));
    return Array.from({ length: most }, (_, index): ReportedGrowth => {
      const own = results.flatMap(({ growths }) => growths[index] ?? []);
      const over = (pick: (growth: GrowthRecord) => number) => mean(own.map(pick))!;
      return {
        arm,
        number: index + 1,
        step: over(({ step }) => step),
        before: over(({ before }) => before),
        after: over(({ after }) => after),
        sd: standardDeviation(own.map(({ before, after }) => after - before)),
        ffn: [over(({ width }) => width.before.ffn), over(({ width }) => width.after.ffn)],
        hidden: [over(({ width }) => width.before.hidden), over(({ width }) => width.after.hidden)],
      };
    });
  });
}

/** The growths in numbers, with the units that differ in the end. */
export function growthTable(growths: readonly ReportedGrowth[]): Markup {
  return html`<p class="note">
      Means over the finished seeds. Loss on the same validation batches just before and just after; a change of 0 keeps
      the function. Effective width: units that differ from each other, of those that the full model has.
    </p>
    <div class="wide">
      <table class="growths">
        <thead>
          <tr>
            <th scope="col">arm</th>
            <th scope="col">growth</th>
            <th scope="col">step</th>
            <th scope="col">loss before</th>
            <th scope="col">after</th>
            <th scope="col">change</th>
            <th scope="col">FFN units before</th>
            <th scope="col">after</th>
            <th scope="col">in the end</th>
            <th scope="col">hidden units before</th>
            <th scope="col">after</th>
            <th scope="col">in the end</th>
          </tr>
        </thead>
        <tbody>
          ${growths.map(growthRow)}
        </tbody>
      </table>
    </div>`;
}

function growthRow({ arm, number, step, before, after, sd, ffn, hidden }: ReportedGrowth): Markup {
  const { row, planned } = arm;
  const isLast = number === planned.stages.length - 1;
  const { model } = planned.arm.settings;
  const end = (units: number | null, of: number) => (isLast && units !== null ? `${count(units)} of ${of}` : '');
  const change = signed(after - before, 3);
  return html`<tr>
    <th scope="row">${swatch(row)}${row.arm}</th>
    <td>${number}</td>
    <td>${count(step)}</td>
    <td>${before.toFixed(3)}</td>
    <td>${after.toFixed(3)}</td>
    <td>${change}${sd === null ? null : html` <small>± ${sd.toFixed(3)}</small>`}</td>
    <td>${count(ffn[0])}</td>
    <td>${count(ffn[1])}</td>
    <td>${end(row.width.ffn, model.ffn)}</td>
    <td>${count(hidden[0])}</td>
    <td>${count(hidden[1])}</td>
    <td>${end(row.width.hidden, model.hidden)}</td>
  </tr> `;
}

const count = (value: number): string => value.toFixed(1).replace('.0', '');
