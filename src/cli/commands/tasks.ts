import { tasks } from '../../tasks/index.ts';
import type { Task } from '../../tasks/task.ts';
import { EXIT } from '../exit.ts';
import type { Io } from '../io.ts';
import type { ListOptions } from '../program.ts';
import { renderTable, wrapped, type TableColumn } from '../table.ts';
import { tableOptions } from '../terminal.ts';

const COLUMNS: readonly TableColumn[] = [
  { title: 'task', align: 'left', droppable: 0 },
  { title: 'kind', align: 'left', droppable: 0 },
  { title: 'labels', align: 'right', droppable: 2 },
  { title: 'metrics', align: 'left', droppable: 0 },
  { title: 'baselines (percent)', align: 'left', droppable: 1 },
  { title: 'what is asked', align: 'left', droppable: 3 },
];

const PROSE_WIDTH = 40;

/** `growbench tasks`: every registered task, with the scores of models that know less than a Transformer. */
export function listTasks(options: ListOptions, io: Io): number {
  io.stdout.write(
    options.json === true
      ? `${JSON.stringify(tasks.map(describe), null, 2)}\n`
      : renderTable(COLUMNS, tasks.map(row), tableOptions(io)),
  );
  return EXIT.done;
}

const labelsOf = (task: Task): readonly string[] | null => (task.kind === 'classification' ? task.labels : null);

const describe = (task: Task) => ({
  name: task.name,
  kind: task.kind,
  summary: task.summary,
  version: task.version,
  labels: labelsOf(task),
  metrics: task.metrics,
  baselines: task.baselines,
});

const row = (task: Task) => ({
  cells: [
    task.name,
    task.kind,
    labelsOf(task)?.length.toString() ?? '',
    task.metrics.map(({ name }) => name).join('\n'),
    task.baselines.map(({ name, metric, value }) => `${name}: ${metric} ${(100 * value).toFixed(1)}`).join('\n'),
    wrapped(task.summary, PROSE_WIDTH, '').join('\n'),
  ],
  group: task.name,
});
