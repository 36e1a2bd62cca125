import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bestSpan } from '../../src/train/best-span.ts';

const scores = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 6, maxLength: 6 });
const allowed = fc.array(fc.constantFrom(0, 1), { minLength: 6, maxLength: 6 });

test('the best span is the best of all that are allowed', () => {
  fc.assert(
    fc.property(scores, scores, allowed, fc.integer({ min: 1, max: 6 }), (starts, ends, inside, longest) => {
      const all = starts
        .flatMap((first, start) => ends.map((last, end) => ({ start, end, score: first + last })))
        .filter(({ start, end }) => start <= end && end - start < longest && inside[start] === 1 && inside[end] === 1);
      const best = bestSpan(starts, ends, inside, longest);
      if (best === null) expect(all).toEqual([]);
      else expect(starts[best.start]! + ends[best.end]!).toBe(Math.max(...all.map(({ score }) => score)));
      if (best !== null) expect(all.some(({ start, end }) => start === best.start && end === best.end)).toBe(true);
    }),
  );
});
