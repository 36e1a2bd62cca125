import { changeSettings } from './each-settings.ts';
import type { SettingsInput, SweepInput } from './grammar.ts';
import { resolveCorpus, resolveFolder } from './corpus-path.ts';
import { sourceAt, type Source } from './frame.ts';
import { placeOf, type Written } from './place.ts';
import { dotted, type Path, type Problem } from './problem.ts';

/**
 * The sweep with every path in `data` made absolute: of corpora, and of the folders of data sets. What names no corpus,
 * file or folder is left as it is and becomes a problem.
 */
export async function resolveCorpora(
  input: SweepInput,
  sources: readonly Source[],
  written: Written,
): Promise<{ readonly input: SweepInput; readonly problems: readonly Problem[] }> {
  const problems: Problem[] = [];
  const resolved = async (settings: SettingsInput, at: Path): Promise<SettingsInput> => {
    if (settings.data === undefined) return settings;
    const { corpus, glue, squad } = settings.data;
    const path = async (entry: string, steps: Path, find: typeof resolveCorpus): Promise<string> => {
      const place = placeOf(written, [...at, 'data', ...steps]);
      // A path starts from the file that it is written in, which may be one that the sweep extends.
      const { file } = place.in === 'file' ? sourceAt(sources, place.offset) : sources[0]!;
      const result = await find(entry, file);
      if ('path' in result) return result.path;
      problems.push({ place, subject: dotted([...at, 'data', ...steps]), ...result });
      return entry;
    };
    const data = {
      ...settings.data,
      ...(glue === undefined ? {} : { glue: await path(glue, ['glue'], resolveFolder) }),
      ...(squad === undefined ? {} : { squad: await path(squad, ['squad'], resolveFolder) }),
    };
    if (corpus === undefined) return { ...settings, data };
    const entries = corpus.map((entry, index) => path(entry, ['corpus', index], resolveCorpus));
    return { ...settings, data: { ...data, corpus: await Promise.all(entries) } };
  };
  return { input: await changeSettings(input, resolved), problems };
}
