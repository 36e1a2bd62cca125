import { parseGate, parseNoise } from '../../report/diff/amount.ts';
import { diffCsv } from '../../report/diff/csv.ts';
import { diffSources, type Comparisons } from '../../report/diff/index.ts';
import { parseSource, type Source } from '../../report/diff/read.ts';
import { UserError } from '../../errors.ts';
import { diffMarkdown, diffText } from '../diff-table.ts';
import type { DiffOptions } from '../diff-grammar.ts';
import { EXIT } from '../exit.ts';
import { metricsOfTasks } from '../task-metrics.ts';
import type { Io } from '../io.ts';
import { tableOptions } from '../terminal.ts';

/**
 * `growbench diff A B [more]`: compares what is in results folders or CSVs with the first of them. Resolves to the
 * exit code: 1 where a gate was tripped. Throws a UserError on what cannot be read or compared.
 */
export async function diff(paths: readonly string[], options: DiffOptions, io: Io): Promise<number> {
  if (options.git === true) return gitDiff(paths, options, io);
  const [reference, ...candidates] = await Promise.all(paths.map(parseSource));
  if (reference === undefined || candidates.length === 0) {
    throw new UserError('diff compares at least two results', 'Name two or more folders or CSVs: growbench diff A B.');
  }
  const result = await compared(reference, candidates, options);
  io.stdout.write(rendered(result, options, io));
  for (const { gate, candidate, name, why } of result.tripped) {
    io.stderr.write(`growbench: --fail-on ${gate}: ${name} in ${candidate}: ${why}\n`);
  }
  return result.tripped.length > 0 ? EXIT.gateTripped : EXIT.done;
}

function compared(reference: Source, candidates: readonly Source[], options: DiffOptions): Promise<Comparisons> {
  const gates = options.failOn.map(parseGate);
  return diffSources(
    reference,
    candidates,
    {
      key: options.key ?? null,
      ignore: options.ignore,
      metrics: options.metric,
      level: options.level,
      noise: parseNoise(options.noise),
    },
    gates,
    metricsOfTasks(),
  );
}

function rendered({ diffs, tripped }: Comparisons, { format }: DiffOptions, io: Io): string {
  switch (format) {
    case 'text':
      return diffs.map((own) => diffText(own, tableOptions(io))).join('\n');
    case 'markdown':
      return diffs.map(diffMarkdown).join('\n');
    case 'csv':
      for (const text of new Set(diffs.flatMap(({ warnings }) => warnings))) io.stderr.write(`growbench: ${text}\n`);
      return diffCsv(diffs);
    case 'json':
      return `${JSON.stringify({ comparisons: diffs, tripped }, null, 2)}\n`;
  }
}

/** What git names a side that is not there. */
const NOWHERE = '/dev/null';

/**
 * As git's external diff driver: git hands over the path and, for either side, a file, its hash and its mode. A file
 * that cannot be compared is told and passed over: a driver that fails would stop git.
 */
async function gitDiff(given: readonly string[], options: DiffOptions, io: Io): Promise<number> {
  const [path, before, , , after] = given;
  if (path === undefined || before === undefined || after === undefined) {
    throw new UserError(
      `--git takes the seven arguments that git gives, got ${given.length}`,
      "Set it up with: git config diff.growbench.command 'growbench diff --git'",
    );
  }
  io.stdout.write(`growbench diff a/${path} b/${path}\n`);
  if (before === NOWHERE || after === NOWHERE) {
    io.stdout.write(before === NOWHERE ? 'added\n' : 'removed\n');
    return EXIT.done;
  }
  try {
    const result = await compared({ label: 'a', path: before }, [{ label: 'b', path: after }], options);
    io.stdout.write(rendered(result, options, io));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    io.stdout.write(`not compared: ${error.message}\n`);
  }
  return EXIT.done;
}
