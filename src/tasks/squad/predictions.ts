import type { PredictionFile, SpanCandidate, SpanExample, SpanPrediction } from '../task.ts';

/**
 * The files that BERT's released run_squad.py leaves, by question id: `predictions.json` has the texts, empty where
 * there is no answer, and is what the official evaluation scripts read; `nbest_predictions.json` the candidates; and
 * `null_odds.json`, of 2.0, how much higher "no answer" scores than the best text.
 */
export function squadFiles(
  version: { readonly task: string; readonly unanswerable: boolean },
  predictions: readonly SpanPrediction[],
  examples: readonly SpanExample[],
): readonly PredictionFile[] {
  const file = (name: string, of: (prediction: SpanPrediction) => unknown): PredictionFile => {
    const entries = examples.map(({ id }, row) => [id ?? String(row), of(predictions[row]!)] as const);
    return { name: `${version.task}/${name}.json`, text: `${JSON.stringify(Object.fromEntries(entries), null, 4)}\n` };
  };
  return [
    file('predictions', ({ text, noAnswer }) => (noAnswer > 0 ? '' : text)),
    file('nbest_predictions', ({ candidates = [] }) => candidates.map(candidateOf)),
    ...(version.unanswerable ? [file('null_odds', ({ candidates = [] }) => nullOdds(candidates))] : []),
  ];
}

const candidateOf = ({ text, probability, startLogit, endLogit }: SpanCandidate) => ({
  ...{ text, probability, start_logit: startLogit, end_logit: endLogit },
});

/** Taken from the candidates: the prediction's own `noAnswer` counts from a threshold. */
function nullOdds(candidates: readonly SpanCandidate[]): number {
  const none = candidates.find(({ text }) => text === '')!;
  const some = candidates.find(({ text }) => text !== '')!;
  return none.startLogit + none.endLogit - some.startLogit - some.endLogit;
}
