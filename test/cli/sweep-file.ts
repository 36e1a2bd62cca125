/** A sweep of two arms and two seeds; its FLOPs are those of test/report/records.ts. */
export const SWEEP = `# Does stacking cost loss?
seeds: 2
vary: [schedule]
base:
  model: { layers: 2, hidden: 8, heads: 2, ffn: 16, positions: 16, norm: post, init: { std: 0.02, positions: random }, dropout: 0 }
  data: { corpus: [wordnet], vocab: 500, length: 16, mask: 0.25 }
  train: { steps: 10, batch: 2, rate: 1e-3, warmup: 1 }
  finetune: { tasks: [wordnet-topic], examples: 10, epochs: 1, batch: 2, rate: 1e-3, length: 16 }
arms:
  full: {}
  stack: { schedule: [{ steps: 60%, depth: { stack: 1 } }, { steps: 40% }] }
`;
