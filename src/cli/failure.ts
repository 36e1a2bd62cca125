import { refusal, UserError } from '../errors.ts';
import { EXIT } from './exit.ts';
import type { Io } from './io.ts';

/** Tells why a command failed, on stderr, and gives its exit code. Only a bug of ours shows a stack trace. */
export function tellFailure(error: unknown, io: Pick<Io, 'stderr'>): number {
  const mistake = error instanceof UserError ? error : refusal(error);
  if (mistake !== null) {
    io.stderr.write(`growbench: ${mistake.message}\n${indent(mistake.hint)}`);
    return EXIT.mistake;
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.stderr.write(`growbench: this is a bug in growbench; please report it with the lines below.\n${trace}\n`);
  return EXIT.bug;
}

const indent = (hint: string): string =>
  hint === ''
    ? ''
    : `${hint
        .split('\n')
        .map((line) => (line === '' ? '' : `  ${line}`))
        .join('\n')}\n`;
