import type { Traced } from './record.ts';

/** Ops whose output is their first input in another shape. */
export const passesOn = (op: string): boolean => ['Reshape', 'Identity', 'ExpandDims', 'Squeeze'].includes(op);

/** A feed that an op takes indices from, and one more than the largest it can take; null for other ops. */
export function limitOf(
  op: string,
  inputs: readonly Traced[],
): { readonly feed: string; readonly below: number } | null {
  const [position, below] = indices(op, inputs);
  const feed = position === null ? null : (inputs[position]?.feed ?? null);
  return feed === null || below === undefined ? null : { feed, below };
}

/** Which input holds indices, and how many there are to choose from. */
function indices(op: string, inputs: readonly Traced[]): readonly [number, number | undefined] | readonly [null] {
  switch (op) {
    case 'GatherV2':
      return [1, inputs[0]?.shape[inputs[2]?.constant?.[0] ?? 0]];
    case 'OneHot':
      return [0, inputs[1]?.constant?.[0]];
    case 'UnsortedSegmentSum':
      return [1, inputs[2]?.constant?.[0]];
    case 'GrowbenchCrossEntropy':
    case 'SparseSoftmaxCrossEntropyWithLogits':
      return [1, inputs[0]?.shape[1]];
    default:
      return [null];
  }
}
