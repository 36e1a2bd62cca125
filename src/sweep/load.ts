import { UserError } from '../errors.ts';
import { corpusContents } from '../run/contents.ts';
import type { Comparison, EngineName } from '../run/spec.ts';
import { resolveCorpora } from './corpora.ts';
import { DEFAULTS } from './defaults.ts';
import { parseDocument } from './document.ts';
import { expand } from './expand.ts';
import { renderProblems, type Source } from './frame.ts';
import { applyOverrides, isMapping, parseOverrides } from './override.ts';
import { isWithin, type Path, type Problem } from './problem.ts';
import { question, readSource, sweepName } from './source.ts';
import { writeOutRanges } from './ranges.ts';
import { validate } from './validate.ts';

/** A comparison whose engine may be left to what there is. */
export interface LoadedSweep extends Omit<Comparison, 'engine'> {
  readonly engine: 'auto' | EngineName;
}

/**
 * Reads a sweep file, checks all of it and expands it to the arms of a comparison.
 *
 * `set` holds `path=value` options, laid over `base` (or `seeds`, `engine`). Paths of corpora become absolute.
 * Throws a UserError that tells every mistake at once: where it is, what must hold, what was received.
 */
export async function loadSweep(
  file: string,
  options: { readonly set?: readonly string[] } = {},
): Promise<LoadedSweep> {
  const name = sweepName(file);
  const source = await readSource(file);
  const parsed = parseDocument(source);
  if (parsed.document === null) throw mistaken(source, parsed.problems);

  const { overrides, problems: misset } = parseOverrides(options.set ?? []);
  const written = { tree: parsed.document.tree, overrides, aliases: () => [] };
  const value = writeOutRanges(applyOverrides(parsed.document.value, overrides));
  const { input, problems: unfit, broken, misspelt } = validate(value, written);
  const early = [...parsed.problems, ...misset, ...unfit];
  if (!isMapping(value)) throw mistaken(source, early);

  const isBroken = (path: Path) => broken.some((bad) => isWithin(bad, path) || isWithin(path, bad));
  const isMisspelt = (path: Path) => misspelt.some((holder) => isWithin(path, holder));
  const corpora = await resolveCorpora(input, file, written);
  const { arms, problems } = expand({ input: corpora.input, written, isBroken, isMisspelt });
  const all = [...early, ...corpora.problems, ...problems];
  if (all.length > 0) throw mistaken(source, all);

  const { seeds = DEFAULTS.seeds, vary = DEFAULTS.vary, engine = DEFAULTS.engine } = input;
  return {
    name,
    question: question(source.text),
    seeds: typeof seeds === 'number' ? Array.from({ length: seeds }, (_, seed) => seed) : seeds,
    vary,
    engine,
    arms,
    contents: await corpusContents(arms),
  };
}

function mistaken(source: Source, problems: readonly Problem[]): UserError {
  const texts = renderProblems(source, problems);
  const count = texts.length === 1 ? 'One problem' : `${texts.length} problems`;
  return new UserError(texts.join('\n\n'), `${count}; nothing was run.`);
}
