import { parseHTML } from 'linkedom';
import { reportPage } from '../../../src/report/html/page.ts';
import { planSweep, type Plan } from '../../../src/run/plan.ts';
import type { CellRecord, CellResult } from '../../../src/run/record.ts';
import type { Arm, Cell } from '../../../src/run/spec.ts';
import { metrics, plan, recordOf, scores } from '../records.ts';

/** The arms `full` and `stack`, with as many seeds, or with other arms. */
export const planOf = (seeds: number, arms: readonly Arm[] = plan.comparison.arms): Plan =>
  planSweep({ ...plan.comparison, arms, seeds: Array.from({ length: seeds }, (_, seed) => seed) });

export const [full, stack] = plan.comparison.arms as unknown as readonly [Arm, Arm];

const width = { before: { ffn: 8, hidden: 8 }, after: { ffn: 8, hidden: 8 } };

/** A finished cell whose score is `score` percent, with a curve and, unless it is the baseline's, a growth. */
export function finished(cell: Cell, score: number, change: Partial<CellResult> = {}): CellRecord {
  const growths = cell.arm.startsWith('full') ? [] : [{ afterStage: 0, step: 6, before: 5.5, after: 5.75, width }];
  const curve = [2, 4, 6, 8, 10].map((step) => ({ step, flops: 1e5 * step, seconds: step, loss: 7 - 0.2 * step }));
  return recordOf(cell, { loss: 5, curve, growths, tasks: scores(score / 100, score / 100), ...change });
}

/** The page of a sweep, as text and as what a browser makes of it. */
export function pageOf(own: Plan, records: readonly CellRecord[]) {
  const text = reportPage({ plan: own, records, growbench: { version: '1.2.3', commit: 'abcdef' } }, metrics);
  return { text, document: (parseHTML(text) as unknown as { readonly document: PageDocument }).document };
}

/** The part of the browser's types that the tests use: they are not here. */
export interface PageElement {
  readonly textContent: string;
  getAttribute(name: string): string | null;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): Iterable<PageElement>;
}
export type PageDocument = Pick<PageElement, 'querySelector' | 'querySelectorAll'>;

export const textsOf = (document: PageDocument, selector: string): string[] =>
  [...document.querySelectorAll(selector)].map(({ textContent }) => textContent.replace(/\s+/g, ' ').trim());
