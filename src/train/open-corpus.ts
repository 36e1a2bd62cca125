import type { TrainerContext } from '../run/record.ts';
import type { PreparedCorpus } from '../text/corpus.ts';
import { prepareCorpus } from '../text/prepare.ts';
import type { CellRun } from './run.ts';

/** Opens the corpus of a cell's pre-training. Throws and rejects as `prepareCorpus` does. */
export type OpenCorpus = (run: CellRun, context: Pick<TrainerContext, 'cache'>) => Promise<PreparedCorpus>;

/** Keeps the last corpus open: most nodes of a sweep read the same. */
export function corpusOpener(): OpenCorpus {
  let last: { readonly key: string; readonly corpus: PreparedCorpus } | null = null;
  return async ({ cell, onEvent, signal }, { cache }) => {
    const { corpus: sources, vocab } = cell.settings.data;
    const key = JSON.stringify([cache, vocab, sources]);
    if (last?.key === key) return last.corpus;
    const progress = (done: number, of: number) => {
      onEvent({ type: 'prepare', what: 'corpus', done, of });
    };
    const corpus = await prepareCorpus(sources, vocab, cache, progress, signal);
    last = { key, corpus };
    return corpus;
  };
}
