import { addLayers, fewerLayers, fresh, topNorm } from '../depth.ts';
import type { Parameter } from '../layout.ts';
import type { GrowthOperator } from '../operator.ts';
import { fill } from '../recipe.ts';

/** What the two residual branches of a layer end in; the kernel of the second may be the product of two factors. */
const BRANCH_ENDS: readonly string[] = [
  'attention_output/kernel',
  'attention_output/bias',
  'ffn_output/kernel',
  'ffn_output/right',
  'ffn_output/bias',
];

/**
 * New layers on top add nothing at first: the projections that end their two residual branches are 0, everything else
 * is drawn afresh. In pre-norm the grown model computes exactly what the small one did. In post-norm two norms more
 * stand in every new layer. Taking them from the norm that was on top makes up for them where its gains are all alike
 * and its biases 0, as in a new model; once trained they are not, and the loss moves at growth.
 */
export const identity: GrowthOperator = {
  ...fewerLayers,
  name: 'identity',
  summary: 'put layers on top that add nothing at first',
  source: 'zero-ended residual branches: Zhang et al. 2019, "Fixup Initialization"',
  version: 1,
  preservation: { claim: 'in pre-norm', holds: (from) => from.norm === 'pre' },

  grow: (from, to) =>
    addLayers(from, to, (parameter, size) => {
      if (BRANCH_ENDS.includes(parameter.leaf)) return fill(0, size);
      return to.norm === 'post' && isNorm(parameter) ? topNorm(from, lastWord(parameter)) : fresh(parameter, size);
    }),
};

const isNorm = ({ leaf }: Parameter): boolean => leaf.includes('_norm/');
const lastWord = ({ leaf }: Parameter): string => leaf.slice(leaf.indexOf('/') + 1);
