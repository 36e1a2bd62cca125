import type { GrowthOperator } from '../../growth/operator.ts';
import { operators } from '../../growth/operators/index.ts';
import { EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import type { ListOptions } from '../program.ts';
import { renderTable, wrapped, type TableColumn } from '../table.ts';
import { tableOptions } from '../terminal.ts';

const COLUMNS: readonly TableColumn[] = [
  { title: 'dimension', align: 'left', droppable: 0 },
  { title: 'operator', align: 'left', droppable: 0 },
  { title: 'settings', align: 'left', droppable: 0 },
  { title: 'keeps function', align: 'left', droppable: 1 },
  { title: 'what growth does', align: 'left', droppable: 2 },
  { title: 'source', align: 'left', droppable: 3 },
];

/** Lets "what growth does" stand beside the other columns on a terminal of 80. */
const PROSE_WIDTH = 28;

/** `growbench operators`: every registered operator, by dimension. */
export function listOperators(options: ListOptions, io: Io): number {
  io.stdout.write(
    options.json === true
      ? `${JSON.stringify(operators.map(describe), null, 2)}\n`
      : renderTable(COLUMNS, operators.map(row), tableOptions(io)),
  );
  return EXIT.done;
}

const describe = ({ name, dimension, summary, source, version, preservation, settings }: GrowthOperator) => ({
  name,
  dimension,
  summary,
  source,
  version,
  preservesFunction: preservation.claim,
  settings,
});

const row = ({ name, dimension, summary, source, preservation, settings }: GrowthOperator) => ({
  cells: [
    dimension,
    name,
    Object.keys(settings).join(', '),
    preservation.claim,
    wrapped(summary, PROSE_WIDTH, '').join('\n'),
    wrapped(source, PROSE_WIDTH, '').join('\n'),
  ],
  group: dimension,
});
