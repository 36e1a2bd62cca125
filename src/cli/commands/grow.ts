import type { GrowEvent, GrowReport, MeasuringEngine } from '../../checkpoint/grower.ts';
import { SIZES } from '../../growth/sizes.ts';
import { EXIT } from '../exit.ts';
import { engineering } from '../format.ts';
import type { GrowOptions } from '../grow-grammar.ts';
import { watchInterrupts } from '../interrupts.ts';
import type { Io } from '../io.ts';
import { renderTable, wrapped, type TableColumn, type TableOptions } from '../table.ts';
import { tableOptions } from '../terminal.ts';

/** `growbench grow CHECKPOINT`. Resolves to the exit code; throws a UserError on the user's mistakes. */
export async function grow(folder: string, options: GrowOptions, io: Io): Promise<number> {
  const interrupts = watchInterrupts(io);
  try {
    return await Promise.race([growAndReport(folder, options, io, interrupts.signal), interrupts.killed]);
  } finally {
    interrupts.dispose();
  }
}

async function growAndReport(folder: string, options: GrowOptions, io: Io, signal: AbortSignal): Promise<number> {
  const { operator: operators, to: sizes, out, seed, text = null, engine } = options;
  const growCheckpoint = await io.openGrower();
  const onEvent = (event: GrowEvent) => {
    for (const line of eventLines(event, folder)) io.stderr.write(`${line}\n`);
  };
  const measure = options.loss ? { text, engine: await settled(engine, io) } : null;
  try {
    const report = await growCheckpoint({ folder, out, operators, sizes, seed, measure, signal, onEvent });
    io.stdout.write(
      options.json === true ? `${JSON.stringify(report, null, 2)}\n` : reportText(report, tableOptions(io)),
    );
    const reader =
      report.to.norm === 'pre' ? ': pre-norm, for growbench only, as transformers has no class for it' : '';
    io.stderr.write(`The grown checkpoint is in ${out}${reader}\n`);
    return EXIT.done;
  } catch (error) {
    if (!signal.aborted) throw error;
    io.stderr.write('growbench: stopped; nothing was written\n');
    return EXIT.interrupted;
  }
}

/** As a sweep would settle it: a checkpoint's numbers are of single precision. */
function settled(name: GrowOptions['engine'], io: Io): Promise<MeasuringEngine> {
  return io.settleEngine({ name, precisions: ['fp32'], xla: 'off' });
}

function eventLines(event: GrowEvent, name: string): string[] {
  switch (event.type) {
    case 'read':
      return [
        ...(event.leftOut.length === 0 ? [] : [`left out of ${name}: ${listed(event.leftOut)}`]),
        ...(event.missing.length === 0 ? [] : [`${name} has no masked-LM head; the grown model has none either`]),
      ];
    case 'engine':
      return [`engine: ${event.name} on ${event.device} (${event.why})`];
    case 'measured':
      return [`loss ${event.when} growth: ${event.loss.toFixed(3)}`];
  }
}

const SHOWN = 4;

const listed = (names: readonly string[]): string =>
  [...names.slice(0, SHOWN), ...(names.length > SHOWN ? [`and ${names.length - SHOWN} more tensors`] : [])].join(', ');

const COLUMNS: readonly TableColumn[] = [
  { title: '', align: 'left', droppable: 0 },
  { title: 'before', align: 'right', droppable: 0 },
  { title: 'after', align: 'right', droppable: 0 },
];

/** The report for people: what changed, and what it did to the loss. */
export function reportText(report: GrowReport, options: TableOptions): string {
  const { from, to, parameters, loss, unmeasured, operators } = report;
  const row = (title: string, before: string, after: string) => ({ cells: [title, before, after], group: '' });
  const rows = [
    ...SIZES.filter((size) => from[size] !== to[size]).map((size) => row(size, String(from[size]), String(to[size]))),
    row('parameters', engineering(parameters.before), engineering(parameters.after)),
    ...(loss === null ? [] : [row('loss', loss.before.toFixed(3), loss.after.toFixed(3))]),
  ];
  const claims = operators.map(
    ({ name, keepsFunction }) => `${name} ${keepsFunction ? 'keeps' : 'changes'} the function`,
  );
  const about =
    loss === null
      ? `No loss: ${unmeasured ?? 'none was measured'}.`
      : `Loss in nats per masked token, over ${loss.tokens} masked tokens in sequences of ${loss.length} (${loss.text}).`;
  const notes = wrapped(`${claims.join('; ')}. ${about}`, Math.min(options.columns, 100), '');
  return `${renderTable(COLUMNS, rows, options)}\n${notes.join('\n')}\n`;
}
