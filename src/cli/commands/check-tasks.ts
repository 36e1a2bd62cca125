import type { TaskData } from '../../run/task-data.ts';
import { EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import type { TasksOptions } from '../program.ts';
import { renderTable, wrapped, type TableColumn } from '../table.ts';
import { tableOptions } from '../terminal.ts';

const COLUMNS: readonly TableColumn[] = [
  { title: 'task', align: 'left', droppable: 0 },
  { title: 'training', align: 'right', droppable: 0 },
  { title: 'scored', align: 'right', droppable: 0 },
  { title: 'files', align: 'left', droppable: 1 },
  { title: 'left out, and what is wrong', align: 'left', droppable: 0 },
];

const PROSE_WIDTH = 60;

/**
 * `growbench tasks --glue PATH --squad PATH`: what of the data can be read. Resolves to the exit code: 1 where files are
 * there that cannot be read, or none is.
 */
export async function checkTasks({ glue, squad, json }: TasksOptions, io: Io): Promise<number> {
  const check = await io.openDataChecker();
  const found = await check({ glue, squad });
  io.stdout.write(
    json === true ? `${JSON.stringify(found, null, 2)}\n` : renderTable(COLUMNS, found.map(row), tableOptions(io)),
  );
  const unread = found.some(({ files, problem }) => files.length > 0 && problem !== null);
  return unread || found.every(({ problem }) => problem !== null) ? EXIT.dataUnread : EXIT.done;
}

const row = ({ task, files, train, test, warnings, problem }: TaskData) => ({
  cells: [
    task,
    train?.toLocaleString('en') ?? '',
    test?.toLocaleString('en') ?? '',
    files.join('\n'),
    [...warnings, ...(problem === null ? [] : [problem])].flatMap((text) => wrapped(text, PROSE_WIDTH, '')).join('\n'),
  ],
  group: task,
});
