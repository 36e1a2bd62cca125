import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shareCores } from '../../src/cli/share-cores.ts';

test.each([
  ['wasm', 8, 0, undefined, { jobs: 8, threads: 1 }],
  ['wasm', 8, 0, 3, { jobs: 3, threads: 1 }],
  ['tensorflow', 8, 0, undefined, { jobs: 1, threads: 8 }],
  ['tensorflow', 8, 0, 3, { jobs: 3, threads: 2 }],
  ['tensorflow', 2, 0, 5, { jobs: 5, threads: 1 }],
  ['cuda', 8, 0, undefined, { jobs: 1, threads: 8 }],
  ['cuda', 8, 4, undefined, { jobs: 4, threads: 2 }],
  ['cuda', 8, 4, 2, { jobs: 2, threads: 4 }],
] as const)('%s on %i cores and %i cards with --jobs %s', (engine, cores, cards, jobs, shares) => {
  expect(shareCores(engine, cores, cards, jobs)).toEqual(shares);
});

test('no machine has more threads than cores unless it was asked for more jobs than cores', () => {
  const engine = fc.constantFrom('wasm' as const, 'tensorflow' as const, 'cuda' as const);
  const natural = fc.integer({ min: 1, max: 64 });
  fc.assert(
    fc.property(engine, natural, natural, fc.option(natural, { nil: undefined }), (name, cores, cards, wanted) => {
      const { jobs, threads } = shareCores(name, cores, cards, wanted);
      expect(jobs * threads).toBeLessThanOrEqual(Math.max(cores, cards, wanted ?? 0));
    }),
  );
});
