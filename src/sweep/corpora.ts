import type { SettingsInput, SweepInput } from './grammar.ts';
import { resolveCorpus } from './corpus-path.ts';
import { placeOf, type Written } from './place.ts';
import { dotted, type Path, type Problem } from './problem.ts';

/**
 * The sweep with every path in `data.corpus` made absolute. What names no corpus and no file is left as it is and
 * becomes a problem.
 */
export async function resolveCorpora(
  input: SweepInput,
  sweepFile: string,
  written: Written,
): Promise<{ readonly input: SweepInput; readonly problems: readonly Problem[] }> {
  const problems: Problem[] = [];
  const resolved = async (settings: SettingsInput, at: Path): Promise<SettingsInput> => {
    if (settings.data?.corpus === undefined) return settings;
    const entries = settings.data.corpus.map(async (entry, index) => {
      const result = await resolveCorpus(entry, sweepFile);
      if ('corpus' in result) return result.corpus;
      const path = [...at, 'data', 'corpus', index];
      problems.push({ place: placeOf(written, path), subject: dotted(path), ...result });
      return entry;
    });
    return { ...settings, data: { ...settings.data, corpus: await Promise.all(entries) } };
  };
  const inPart = async <Part extends Pick<SweepInput, 'base' | 'arms'>>(part: Part, at: Path): Promise<Part> => {
    const arms = Object.entries(part.arms ?? {}).map(
      async ([name, changes]) => [name, await resolved(changes ?? {}, [...at, 'arms', name])] as const,
    );
    return {
      ...part,
      ...(part.base === undefined ? {} : { base: await resolved(part.base, [...at, 'base']) }),
      ...(part.arms === undefined ? {} : { arms: Object.fromEntries(await Promise.all(arms)) }),
    };
  };
  const cases = Object.entries(input.cases ?? {}).map(
    async ([name, changes]) => [name, await inPart(changes ?? {}, ['cases', name])] as const,
  );
  const whole = await inPart(input, []);
  return {
    input: input.cases === undefined ? whole : { ...whole, cases: Object.fromEntries(await Promise.all(cases)) },
    problems,
  };
}
