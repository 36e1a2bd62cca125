import type { TrainerContext } from '../run/record.ts';
import type { PreparedCorpus } from '../text/corpus.ts';
import { prepareCorpus } from '../text/prepare.ts';
import type { CellRun } from './run.ts';
import { vocabularyOf } from './vocabulary.ts';

/** Opens the corpus of a cell's pre-training. Throws and rejects as `prepareCorpus` does. */
export type OpenCorpus = (run: CellRun, context: Pick<TrainerContext, 'cache'>) => Promise<PreparedCorpus>;

/** Keeps the last corpus open: most nodes of a sweep read the same. */
export function corpusOpener(): OpenCorpus {
  let last: { readonly key: string; readonly corpus: PreparedCorpus } | null = null;
  return async ({ cell, onEvent, signal }, { cache }) => {
    const { data, model } = cell.settings;
    const key = JSON.stringify([cache, data, model.init.checkpoint]);
    if (last?.key === key) return last.corpus;
    let what = 'corpus';
    const progress = (done: number, of: number) => {
      onEvent({ type: 'prepare', what, done, of });
    };
    const onDamage = (damage: string) => {
      what = `corpus again, as ${damage}`;
    };
    const vocabulary = await vocabularyOf(cell.settings);
    const paired = data.pairs !== undefined;
    const corpus = await prepareCorpus(data.corpus, vocabulary, cache, progress, signal, onDamage, paired);
    last = { key, corpus };
    return corpus;
  };
}
