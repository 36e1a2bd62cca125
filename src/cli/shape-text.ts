import type { ModelShape } from '../growth/layout.ts';

/** A model for a log: `2 layers, hidden 64, FFN 256, length 32, pooled by 2 (mean)`. */
export function shapeSentence({ layers, hidden, ffn, ffnRank, length, pool, scoreGroup }: ModelShape): string {
  return [
    `${layers} ${layers === 1 ? 'layer' : 'layers'}`,
    `hidden ${hidden}`,
    `FFN ${ffn}${ffnRank === null ? '' : ` of rank ${ffnRank}`}`,
    `length ${length}`,
    ...(pool === null ? [] : [`pooled by ${pool.window} (${pool.how})`]),
    ...(scoreGroup === 1 ? [] : [`attention scores shared by ${scoreGroup} layers`]),
  ].join(', ');
}

/** A model for a table: `1L f256 n32/2`. Its width is told only where it is not the target's. */
export function shapeCode(shape: ModelShape, target: ModelShape): string {
  const { layers, hidden, ffn, ffnRank, length, pool, scoreGroup } = shape;
  return [
    `${layers}L`,
    ...(hidden === target.hidden ? [] : [`h${hidden}`]),
    `f${ffn}${ffnRank === null ? '' : `r${ffnRank}`}`,
    `n${length}${pool === null ? '' : `/${pool.how === 'mean' ? '' : pool.how}${pool.window}`}`,
    ...(scoreGroup === 1 ? [] : [`a${scoreGroup}`]),
  ].join(' ');
}

/** What those codes mean that stand for a model's being smaller in another way than in number. */
export function shapeLegend(shapes: readonly ModelShape[], target: ModelShape): string[] {
  const pooled = (how: string) => shapes.some(({ pool }) => pool?.how === how);
  const legend: readonly (readonly [used: boolean, text: string])[] = [
    [shapes.some(({ hidden }) => hidden !== target.hidden), 'h32 is a hidden size of 32.'],
    [
      shapes.some(({ ffnRank }) => ffnRank !== null),
      'f256r8 is an FFN of 256 units, its kernels factorized at rank 8.',
    ],
    [pooled('mean'), 'n32/2 is 32 tokens, every 2 averaged into one.'],
    [pooled('max'), 'n32/max2 is 32 tokens, of every 2 the maximum.'],
    [pooled('concat'), 'n32/concat2 is 32 tokens, every 2 joined and projected to one.'],
    [shapes.some(({ scoreGroup }) => scoreGroup > 1), 'a2 is attention scores shared by 2 layers.'],
  ];
  return legend.filter(([used]) => used).map(([, text]) => text);
}
