import type { GrowthOperator } from '../../growth/operator.ts';
import { operators } from '../../growth/operators/index.ts';
import { EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import { renderMarkdown } from '../markdown.ts';
import { changeText, measuredChanges, type MeasuredChange } from '../measured-change.ts';
import type { OperatorsOptions } from '../program.ts';
import { fits, renderTable, wrapped, type TableColumn, type TableOptions, type TableRow } from '../table.ts';
import { tableOptions } from '../terminal.ts';

/** `growbench operators`: every registered operator, by dimension. */
export function listOperators(options: OperatorsOptions, io: Io): number {
  io.stdout.write(listed(options, io));
  return EXIT.done;
}

function listed({ json, format }: OperatorsOptions, io: Io): string {
  if (json === true) return `${JSON.stringify(read().map(describe), null, 2)}\n`;
  return format === 'markdown' ? operatorMarkdown() : operatorTable(tableOptions(io));
}

interface Measured {
  readonly operator: GrowthOperator;
  /** Null where `npm run measure` has not been run since the operator was added. */
  readonly change: MeasuredChange | null;
}

function read(): Measured[] {
  const changes = measuredChanges();
  return operators.map((operator) => ({ operator, change: changes.get(operator.name) ?? null }));
}

const column = (title: string, droppable: number): TableColumn => ({ title, align: 'left', droppable });
const [DIMENSION, OPERATOR, SETTINGS] = [column('dimension', 0), column('operator', 0), column('settings', 0)];
const [KEEPS, DOES, SOURCE] = [column('keeps function', 1), column('what growth does', 2), column('source', 3)];

const WIDE = [DIMENSION, OPERATOR, SETTINGS, KEEPS, column('measured: post, pre', 2), DOES, SOURCE];

/** With what was measured below the claim, and the source below what growth does. */
const NARROW = [DIMENSION, OPERATOR, SETTINGS, KEEPS, DOES];

const LEGEND = "Measured: the largest change of a logit as the contract tests' model grows, in post- and in pre-norm.";

const [CLAIM_WIDTH, WIDE_PROSE, LEAST_PROSE] = [14, 26, 20];

/** The library as a table: side by side where there is room, else settings and sources one below the other. */
export function operatorTable(options: TableOptions): string {
  const all = read();
  const wide = all.map((one) => wideRow(one, (text) => folded(text, WIDE_PROSE)));
  const legend = `\n${folded(LEGEND, options.columns)}\n`;
  if (fits(WIDE, wide, options.columns)) return renderTable(WIDE, wide, options) + legend;
  // What the other columns leave, so that a long name costs lines instead of the column.
  const widths = Array.from({ length: options.columns }, (_, less) => options.columns - less);
  const fitting = widths.find((width) => width <= LEAST_PROSE || fits(NARROW, narrowRows(all, width), options.columns));
  return renderTable(NARROW, narrowRows(all, fitting ?? LEAST_PROSE), options) + legend;
}

const narrowRows = (all: readonly Measured[], prose: number): TableRow[] => all.map((one) => narrowRow(one, prose));

function wideRow({ operator, change }: Measured, fold: (text: string) => string): TableRow {
  const { name, dimension, summary, source, preservation } = operator;
  const measured = change === null ? '' : `${changeText(change.post)}, ${changeText(change.pre)}`;
  const settings = Object.keys(operator.settings).join(', ');
  return {
    cells: [dimension, name, settings, preservation.claim, measured, fold(summary), fold(source)],
    group: dimension,
  };
}

function narrowRow({ operator, change }: Measured, prose: number): TableRow {
  const { name, dimension, summary, source, preservation, settings } = operator;
  const measured = change === null ? [] : [`post ${changeText(change.post)}`, `pre ${changeText(change.pre)}`];
  const claim = [folded(preservation.claim, CLAIM_WIDTH), ...measured].join('\n');
  const text = `${folded(summary, prose)}\n${folded(`[${source}]`, prose)}`;
  return { cells: [dimension, name, Object.keys(settings).join('\n'), claim, text], group: dimension };
}

const folded = (text: string, width: number): string => wrapped(text, width, '').join('\n');

/** The library as README shows it. */
export function operatorMarkdown(): string {
  return renderMarkdown(
    WIDE,
    read().map((one) => wideRow(one, (text) => text).cells),
  );
}

const describe = ({ operator, change }: Measured) => {
  const { name, dimension, summary, source, version, preservation, settings } = operator;
  const preservesFunction = { claimed: preservation.claim, measured: change };
  return { name, dimension, summary, source, version, preservesFunction, settings };
};
