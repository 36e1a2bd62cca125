import { writeFileSync } from 'node:fs';
import { expect } from 'vitest';
import { measuredChanges } from '../../src/cli/measured-change.ts';
import type { ModelShape } from '../../src/growth/layout.ts';

type Norm = ModelShape['norm'];

/** `npm run measure`: what the contract tests find is written down instead of held against what was. */
const isMeasuring = process.env.GROWBENCH_MEASURE === '1';
const FILE = new URL('../../assets/measured-change.json', import.meta.url);

const published = measuredChanges();
const measured = new Map<string, Map<Norm, number>>();

/** Rounding: how large it is depends on the engine. */
const NOTHING = 1e-5;

/** Holds what `growbench operators` says that growth changes at most against what it does change: to a power of ten. */
export function tellChange(operator: string, norm: Norm, change: number): void {
  if (isMeasuring) {
    const changes = measured.get(operator) ?? new Map<Norm, number>();
    measured.set(operator, changes.set(norm, Number(change.toPrecision(1))));
    return;
  }
  const said = published.get(operator)?.[norm];
  expect(said, `${operator} is not in assets/measured-change.json: npm run measure`).toBeDefined();
  const ratio = Math.max(change, NOTHING) / Math.max(said!, NOTHING);
  expect(ratio, `growth by ${operator} changes logits by ${change}, not ${said!}: npm run measure`).toBeGreaterThan(
    0.1,
  );
  expect(ratio, `growth by ${operator} changes logits by ${change}, not ${said!}: npm run measure`).toBeLessThan(10);
}

/** Once all are known. */
export function publishChanges(): void {
  if (!isMeasuring) return;
  const changes = [...measured].map(([operator, byNorm]) => [operator, Object.fromEntries(byNorm)] as const);
  writeFileSync(FILE, `${JSON.stringify(Object.fromEntries(changes), null, 2)}\n`);
}
