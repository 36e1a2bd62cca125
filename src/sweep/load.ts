import { UserError } from '../errors.ts';
import { contentsOf, type Reading } from '../run/contents.ts';
import type { Comparison, Xla } from '../run/spec.ts';
import { resolveCorpora } from './corpora.ts';
import { DEFAULTS } from './defaults.ts';
import { expand } from './expand.ts';
import type { WantedEngine } from './grammar.ts';
import { resolveCheckpoints } from './start.ts';
import { renderProblems, type Source } from './frame.ts';
import { isMapping } from './at-path.ts';
import { applyOverrides, parseOverrides } from './override.ts';
import { readSweep } from './inherit.ts';
import { isWithin, type Path, type Problem } from './problem.ts';
import { question, sweepName } from './source.ts';
import { writeOutRanges } from './ranges.ts';
import { validate } from './validate.ts';

/** A comparison whose engine may be left to what there is. */
export interface LoadedSweep extends Omit<Comparison, 'engine'> {
  readonly engine: { readonly name: WantedEngine; readonly xla: Xla };
}

/**
 * Reads a sweep file, checks all of it and expands it to the arms of a comparison.
 *
 * `set` holds `path=value` options, laid over `base` (or `seeds`, `engine`). Paths of corpora become absolute.
 * Throws a UserError that tells every mistake at once: where it is, what must hold, what was received; and the signal's
 * reason when stopped, as the reading of large corpora can be.
 */
export async function loadSweep(
  file: string,
  options: Reading & { readonly set?: readonly string[] } = {},
): Promise<LoadedSweep> {
  const name = sweepName(file);
  const { sources, layer, problems: unread } = await readSweep(file);
  if (layer === null) throw mistaken(sources, unread);

  const { overrides, problems: misset } = parseOverrides(options.set ?? []);
  const written = { tree: layer.tree, overrides, aliases: () => [] };
  const value = writeOutRanges(applyOverrides(layer.value, overrides));
  const { input, problems: unfit, broken, misspelt } = validate(value, written);
  const early = [...unread, ...misset, ...unfit];
  if (!isMapping(value)) throw mistaken(sources, early);

  const isBroken = (path: Path) => broken.some((bad) => isWithin(bad, path) || isWithin(path, bad));
  const isMisspelt = (path: Path) => misspelt.some((holder) => isWithin(path, holder));
  const corpora = await resolveCorpora(input, sources, written);
  const starts = await resolveCheckpoints(corpora.input, sources, written);
  const { checkpoints } = starts;
  const { arms, problems } = expand({ input: starts.input, written, checkpoints, isBroken, isMisspelt });
  const all = [...early, ...corpora.problems, ...starts.problems, ...problems];
  if (all.length > 0) throw mistaken(sources, all);

  const { seeds = DEFAULTS.seeds, vary = DEFAULTS.vary, engine } = input;
  return {
    name,
    question: sources.map(({ text }) => question(text)).find((text) => text !== '') ?? '',
    seeds: typeof seeds === 'number' ? Array.from({ length: seeds }, (_, seed) => seed) : seeds,
    vary,
    engine: { ...DEFAULTS.engine, ...(typeof engine === 'string' ? { name: engine } : engine) },
    arms,
    contents: { ...(await contentsOf(arms, options)), ...corpora.contents },
  };
}

function mistaken(sources: readonly Source[], problems: readonly Problem[]): UserError {
  const texts = renderProblems(sources, problems);
  const count = texts.length === 1 ? 'One problem' : `${texts.length} problems`;
  return new UserError(texts.join('\n\n'), `${count}; nothing was run.`);
}
