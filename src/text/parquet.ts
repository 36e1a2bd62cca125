import { execFile, type ExecFileException } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { UserError } from '../errors.ts';
import { checkSize, LARGEST_DATA_FILE } from './data-file.ts';

const READER = fileURLToPath(new URL('./parquet-reader.js', import.meta.url));
const MEGABYTE = 2 ** 20;

/**
 * The rows of a Parquet file as JSON, one a line. Throws a UserError for a file that is none or is damaged.
 *
 * It is read by a process of its own: a few bytes of the format can ask for any amount of memory, and what runs out of
 * it cannot be caught. Memory and time grow with the file's size, and no further.
 */
export async function parquetLines(path: string): Promise<string> {
  await checkSize(path);
  const megabytes = (await stat(path)).size / MEGABYTE;
  // A hundred thousand examples of GLUE take some 20 times their compressed size, and a tenth of a second a megabyte.
  const memory = Math.ceil(64 + 40 * megabytes);
  const seconds = Math.ceil(10 + 2 * megabytes);
  const options = {
    encoding: 'utf8',
    timeout: 1000 * seconds,
    killSignal: 'SIGKILL',
    maxBuffer: LARGEST_DATA_FILE,
  } as const;
  const text = await new Promise<string>((resolve, reject) => {
    execFile(process.execPath, [`--max-old-space-size=${memory}`, READER, path], options, (error, stdout) => {
      if (error === null) resolve(stdout);
      else reject(damaged(path, whyKilled(error, memory, seconds), error));
    });
  });
  const end = text.lastIndexOf('\n') + 1;
  const reason = JSON.parse(text.slice(end)) as string | null;
  if (reason !== null) throw damaged(path, reason);
  return text.slice(0, end);
}

function whyKilled({ code, killed }: ExecFileException, memory: number, seconds: number): string {
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return `its rows have more than ${LARGEST_DATA_FILE} characters`;
  return killed === true ? `it takes more than ${seconds} s` : `it takes more than ${memory} MB of memory`;
}

const damaged = (path: string, why: string, cause?: Error): UserError =>
  new UserError(`${path} cannot be read as Parquet (${why.slice(0, 200)})`, 'Perhaps the file was not copied whole.', {
    cause,
  });
