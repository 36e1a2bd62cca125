import { describe, expect, test } from 'vitest';
import type { Node } from '../../../src/engine/tensorflow/graph.ts';
import { openReaders } from '../../../src/engine/tensorflow/readers.ts';

const node = (name: string, op: string, ...inputs: string[]): Node => ({ name, op, inputs, attributes: {} });

describe('readers of a variable', () => {
  const nodes = [
    node('weight', 'ReadVariableOp', 'variable'),
    node('product', 'MatMul', 'x', 'weight'),
    node('flat', 'Reshape', 'weight', 'shape'),
    node('norm', 'L2Loss', 'flat'),
    node('unused', 'Mul', 'weight', 'weight'),
    node('loss', 'AddV2', 'product', 'norm'),
  ];

  test('are those that are computed at all, also in another shape', () => {
    const { nodes: readers, outlives } = openReaders(nodes, ['loss'], ['loss'])('weight');
    expect([...readers].sort()).toEqual(['flat', 'norm', 'product']);
    expect(outlives).toBe(false);
  });

  test.each(['weight', 'flat'])('stay when its numbers are given out as %s', (output) => {
    expect(openReaders(nodes, ['loss', output], [output])('weight').outlives).toBe(true);
  });
});
