import { UserError } from '../errors.ts';
import { EXIT } from './exit.ts';
import type { Io } from './io.ts';

/** What the file system refuses for reasons that only the user can mend, in the words of `strerror`. */
const REFUSALS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the disk quota is used up',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EISDIR: 'it is a folder',
  EMFILE: 'too many open files',
};

/** Tells why a command failed, on stderr, and gives its exit code. Only a bug of ours shows a stack trace. */
export function tellFailure(error: unknown, io: Pick<Io, 'stderr'>): number {
  const mistake = error instanceof UserError ? error : refusalOf(error);
  if (mistake !== null) {
    io.stderr.write(`growbench: ${mistake.message}\n${indent(mistake.hint)}`);
    return EXIT.mistake;
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.stderr.write(`growbench: this is a bug in growbench; please report it with the lines below.\n${trace}\n`);
  return EXIT.bug;
}

/** A refusal of the file system as a mistake that can be mended, or null for any other error. */
function refusalOf(error: unknown): UserError | null {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return null;
  const reason = REFUSALS[String(error.code)];
  if (reason === undefined) return null;
  const where = 'path' in error && typeof error.path === 'string' ? `${error.path}: ` : '';
  return new UserError(`${where}${reason}`, 'Mend that and run the same command again: finished cells are kept.');
}

const indent = (hint: string): string =>
  hint === ''
    ? ''
    : `${hint
        .split('\n')
        .map((line) => (line === '' ? '' : `  ${line}`))
        .join('\n')}\n`;
