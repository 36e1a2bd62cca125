import type { Pool } from './layout.ts';
import type { GrowthOperator } from './operator.ts';

/** What operators that pool neighbouring token embeddings have in common. */
export const pooling = (how: Pool['how']) =>
  ({
    dimension: 'length',
    settings: { window: { type: 'integer', minimum: 2, description: 'token embeddings pooled into one' } },
    example: { window: 2 },

    refuse: (target, { window = 0 }) =>
      window < target.length ? null : `window must be below the target's length of ${target.length}, got ${window}`,

    shrink: (target, { window = 1 }) => ({ ...target, pool: { how, window } }),

    sizes: (target) => Array.from({ length: Math.max(0, target.length - 2) }, (_, index) => index + 2),
  }) as const satisfies Partial<GrowthOperator>;
