import type { Command } from 'commander';
import type { Io } from './io.ts';
import type { Finish } from './program.ts';

export interface ReportOptions {
  readonly output?: string;
}

/** `growbench report`. */
export function addReportCommand(program: Command, io: Io, finish: Finish): void {
  program
    .command('report')
    .description('write the results of a sweep as one HTML page: verdict, tables, charts, provenance')
    .argument('<results>', 'results folder of a sweep')
    .option('-o, --output <file>', 'where to write the page, - for stdout (default: report.html in that folder)')
    .action(async (results: string, options: ReportOptions) => {
      finish(await (await import('./commands/report.ts')).report(results, options, io));
    });
}
