import { changeSettings } from './each-settings.ts';
import type { SettingsInput, SweepInput } from './grammar.ts';
import { dirname } from 'node:path';
import { findCorpus } from '../run/corpus-files.ts';
import { resolveFolder, type PathMistake, type ResolvedPath } from './corpus-path.ts';
import { sourceAt, type Source } from './frame.ts';
import { placeOf, type Written } from './place.ts';
import { vocabularyProblems } from './vocabulary-check.ts';
import { resolveVocabulary, type ResolvedVocabulary } from './vocabulary-path.ts';
import { dotted, type Path, type Problem } from './problem.ts';

export interface ResolvedSweep {
  readonly input: SweepInput;
  readonly problems: readonly Problem[];
  /** Digests of the vocabularies, by path. */
  readonly contents: Readonly<Record<string, string>>;
}

interface CorpusPaths {
  readonly paths: readonly string[];
}

/**
 * The sweep with every path in `data` made absolute: of corpora, where a folder or a glob becomes the files that it
 * stands for, of vocabularies, which say their sizes, and of the folders of data sets. What names no corpus, file or
 * folder is left as it is and becomes a problem.
 */
export async function resolveCorpora(
  input: SweepInput,
  sources: readonly Source[],
  written: Written,
): Promise<ResolvedSweep> {
  const problems = vocabularyProblems(input, written);
  const contents: Record<string, string> = {};
  const resolved = async (settings: SettingsInput, at: Path): Promise<SettingsInput> => {
    if (settings.data === undefined) return settings;
    const { corpus, glue, squad, vocabulary } = settings.data;
    const found = async <Found extends object>(
      entry: string,
      steps: Path,
      find: (entry: string, folder: string) => Promise<Found | PathMistake>,
    ): Promise<Found | null> => {
      const place = placeOf(written, [...at, 'data', ...steps]);
      // A path starts from the file that it is written in, which may be one that the sweep extends.
      const { file } = place.in === 'file' ? sourceAt(sources, place.offset) : sources[0]!;
      const result = await find(entry, dirname(file));
      if (!('message' in result)) return result;
      problems.push({ place, subject: dotted([...at, 'data', ...steps]), ...result });
      return null;
    };
    const path = async (entry: string, name: string, find: typeof resolveFolder): Promise<string> =>
      (await found<ResolvedPath>(entry, [name], find))?.path ?? entry;
    const own =
      vocabulary === undefined ? null : await found<ResolvedVocabulary>(vocabulary, ['vocabulary'], resolveVocabulary);
    if (own !== null) contents[own.path] = own.digest;
    const data = {
      ...settings.data,
      ...(own === null ? {} : { vocabulary: own.path, vocab: own.size }),
      ...(glue === undefined ? {} : { glue: await path(glue, 'glue', resolveFolder) }),
      ...(squad === undefined ? {} : { squad: await path(squad, 'squad', resolveFolder) }),
    };
    if (corpus === undefined) return { ...settings, data };
    const entries = corpus.map(
      async (entry, index) => (await found<CorpusPaths>(entry, ['corpus', index], findCorpus))?.paths ?? [entry],
    );
    const paths = await Promise.all(entries);
    problems.push(...repetitions(paths, at, written));
    return { ...settings, data: { ...data, corpus: paths.flat() } };
  };
  return { input: await changeSettings(input, resolved), problems, contents };
}

/** That an entry stands for a file that an earlier one stands for too: its text would count twice. */
function repetitions(entries: readonly (readonly string[])[], at: Path, written: Written): Problem[] {
  const seen = new Set<string>();
  return entries.flatMap((paths, index) => {
    const again = paths.find((path) => seen.has(path));
    for (const path of paths) seen.add(path);
    if (again === undefined) return [];
    const path = [...at, 'data', 'corpus', index];
    const message = `must not stand for text that is listed before, but does for ${again}`;
    return [{ place: placeOf(written, path), subject: dotted(path), message, hint: 'Remove one of the two.' }];
  });
}
