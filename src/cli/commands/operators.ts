import type { GrowthOperator } from '../../growth/operator.ts';
import { operators } from '../../growth/operators/index.ts';
import { EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import type { ListOptions } from '../program.ts';
import { fits, renderTable, wrapped, type TableColumn, type TableOptions, type TableRow } from '../table.ts';
import { tableOptions } from '../terminal.ts';

const WIDE: readonly TableColumn[] = [
  { title: 'dimension', align: 'left', droppable: 0 },
  { title: 'operator', align: 'left', droppable: 0 },
  { title: 'settings', align: 'left', droppable: 0 },
  { title: 'keeps function', align: 'left', droppable: 1 },
  { title: 'what growth does', align: 'left', droppable: 2 },
  { title: 'source', align: 'left', droppable: 3 },
];

/** With the source below what growth does. */
const NARROW = WIDE.slice(0, -1);

/** Lets what growth does, with its source below, stand beside the other columns on a terminal of 80. */
const PROSE_WIDTH = 26;

/** `growbench operators`: every registered operator, by dimension. */
export function listOperators(options: ListOptions, io: Io): number {
  io.stdout.write(
    options.json === true ? `${JSON.stringify(operators.map(describe), null, 2)}\n` : operatorTable(tableOptions(io)),
  );
  return EXIT.done;
}

/** The library as a table: side by side where there is room, else settings and sources one below the other. */
export function operatorTable(options: TableOptions): string {
  const wide = operators.map((operator) => row(operator, ', ', lines(operator.summary), lines(operator.source)));
  if (fits(WIDE, wide, options.columns)) return renderTable(WIDE, wide, options);
  const narrow = operators.map((operator) => {
    return row(operator, '\n', `${lines(operator.summary)}\n${lines(`[${operator.source}]`)}`);
  });
  return renderTable(NARROW, narrow, options);
}

const lines = (text: string): string => wrapped(text, PROSE_WIDTH, '').join('\n');

const describe = ({ name, dimension, summary, source, version, preservation, settings }: GrowthOperator) => ({
  name,
  dimension,
  summary,
  source,
  version,
  preservesFunction: preservation.claim,
  settings,
});

const row = (
  { name, dimension, preservation, settings }: GrowthOperator,
  separator: string,
  ...texts: readonly string[]
): TableRow => ({
  cells: [dimension, name, Object.keys(settings).join(separator), preservation.claim, ...texts],
  group: dimension,
});
