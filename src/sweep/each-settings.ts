import type { SettingsInput, SweepInput } from './grammar.ts';
import type { Path } from './problem.ts';

/** The sweep with all settings that it holds, of `base`, arms and cases, replaced by what `change` makes of them. */
export async function changeSettings(
  input: SweepInput,
  change: (settings: SettingsInput, at: Path) => Promise<SettingsInput>,
): Promise<SweepInput> {
  const inPart = async <Part extends Pick<SweepInput, 'base' | 'arms'>>(part: Part, at: Path): Promise<Part> => {
    const arms = Object.entries(part.arms ?? {}).map(
      async ([name, changes]) => [name, await change(changes ?? {}, [...at, 'arms', name])] as const,
    );
    return {
      ...part,
      ...(part.base === undefined ? {} : { base: await change(part.base, [...at, 'base']) }),
      ...(part.arms === undefined ? {} : { arms: Object.fromEntries(await Promise.all(arms)) }),
    };
  };
  const cases = Object.entries(input.cases ?? {}).map(
    async ([name, changes]) => [name, await inPart(changes ?? {}, ['cases', name])] as const,
  );
  const whole = await inPart(input, []);
  return input.cases === undefined ? whole : { ...whole, cases: Object.fromEntries(await Promise.all(cases)) };
}
