import { UserError } from '../../errors.ts';
import { findCorpus } from '../../run/corpus-files.ts';
import type { VocabularyEvent } from '../../run/vocabulary-training.ts';
import { EXIT } from '../exit.ts';
import { watchInterrupts } from '../interrupts.ts';
import type { Io } from '../io.ts';
import type { VocabTrainOptions } from '../vocab-grammar.ts';

/** `growbench vocab train CORPUS...`. Resolves to the exit code; throws a UserError on the user's mistakes. */
export async function trainVocab(entries: readonly string[], options: VocabTrainOptions, io: Io): Promise<number> {
  const interrupts = watchInterrupts(io);
  try {
    return await Promise.race([trainAndReport(entries, options, io, interrupts.signal), interrupts.killed]);
  } finally {
    interrupts.dispose();
  }
}

async function trainAndReport(
  entries: readonly string[],
  { size, out, cased: isCased }: VocabTrainOptions,
  io: Io,
  signal: AbortSignal,
): Promise<number> {
  const cased = isCased === true;
  const corpora = (await Promise.all(entries.map(pathsOf))).flat();
  const trainVocabulary = await io.openVocabularyTrainer();
  const onEvent = reporter(io);
  try {
    const report = await trainVocabulary({ corpora, size, cased, out, signal, onEvent });
    const { words, different } = report;
    const short = report.entries < size ? `; ${size} were wanted, but no other pair comes twice in this text` : '';
    const text = `${number(words)} words, ${number(different)} of them different`;
    io.stderr.write(`${out}: ${number(report.entries)} entries, ${cased ? 'cased' : 'uncased'} (${text})${short}\n`);
    return EXIT.done;
  } catch (error) {
    if (!signal.aborted) throw error;
    io.stderr.write('growbench: stopped; nothing was written\n');
    return EXIT.interrupted;
  }
}

async function pathsOf(entry: string): Promise<readonly string[]> {
  const found = await findCorpus(entry, '.', 'Paths start from the current folder.');
  if ('paths' in found) return found.paths;
  throw new UserError(`A corpus ${found.message}.`, found.hint);
}

const number = (value: number): string => value.toLocaleString('en');

/** Time between two lines of progress. */
const LINE_MS = 1500;

function reporter({ stderr }: Pick<Io, 'stderr'>): (event: VocabularyEvent) => void {
  let told = -Infinity;
  return ({ type, done, of }) => {
    if (performance.now() - told < LINE_MS) return;
    told = performance.now();
    const percent = of === 0 ? 100 : Math.floor((100 * done) / of);
    stderr.write(type === 'read' ? `reading text: ${percent}%\n` : `learning: ${number(done)} of ${number(of)}\n`);
  };
}
