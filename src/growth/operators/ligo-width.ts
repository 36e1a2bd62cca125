import { fitSettings, fitSteps } from '../fit-settings.ts';
import { hiddenSizes, HIDDEN_SETTINGS, holdsEvenly, noiseSetting, refuseHidden, shrinkHidden } from '../hidden.ts';
import type { ModelShape, Parameter } from '../layout.ts';
import type { GrowthOperator } from '../operator.ts';
import { copy, map, noise, recipeFor, scaleAxis, take, type Expression } from '../recipe.ts';
import { meetsTable, origins, shares } from '../units.ts';

/** Many weights, all of which move at once: at 1e-2 fitting does harm (4 layers of 128 units). */
const RATE = 1e-3;

/**
 * Hidden units, heads and FFN units are learned sums of the small model's. One matrix serves every layer and every
 * weight that meets the same units: one for the residual stream, one each for queries, keys and values, one for the FFN.
 * They start as the copies of `width-copy`. Weights that read copies are divided among them as there, before and after
 * fitting: the paper learns a map of either side and ties it to this one's transpose. FFN copies have equal gradients
 * while the map is fitted, too, and part by noise only.
 */
export const ligoWidth: GrowthOperator = {
  name: 'ligo-width',
  dimension: 'width',
  summary: 'make hidden units, heads and FFN units learned sums of the small ones, starting from copies',
  source: 'Wang et al. 2023, "Learning to Grow Pretrained Models for Efficient Transformer Training" (LiGO), width',
  version: 1,
  preservation: { claim: 'by whole multiples of hidden, until fitted', holds: holdsEvenly },
  settings: { ...HIDDEN_SETTINGS, noise: noiseSetting(0), ...fitSettings(RATE) },
  example: { hidden: 4, ffn: 6, noise: 0, steps: 3, rate: 0.01 },
  refuse: refuseHidden,
  shrink: shrinkHidden,
  sizes: hiddenSizes,
  fit: fitSteps,

  grow: (from, to, { rate = RATE, noise: deviation = 0 }) =>
    recipeFor(to, (parameter) => {
      const along = (grown: Expression, _: unknown, axis: number) =>
        mapUnits(grown, parameter, axis, { from, to, rate, deviation });
      return parameter.axes.reduce<Expression>(along, copy(parameter.name));
    }),
};

/** A growth, and how fast its matrices are fitted. */
interface Learning {
  readonly from: ModelShape;
  readonly to: ModelShape;
  readonly rate: number;
  /** Of the noise that parts copies. */
  readonly deviation: number;
}

function mapUnits(
  of: Expression,
  parameter: Parameter,
  axis: number,
  { from, to, rate, deviation }: Learning,
): Expression {
  const named = parameter.axes[axis]!;
  const units = origins(named, from, to);
  if (units === null) return of;
  const rows = named === 'ffn' ? from.ffn : from.hidden;
  const matrix = { name: `width/${streamOf(parameter, axis)}`, rows, index: units, rate };
  // The projection that pools a window is dropped by growth in length: nothing would be learned of it.
  const mapped = named === 'window' ? take(of, axis, units) : map(of, axis, matrix);
  if (meetsTable(parameter)) return scaleAxis(mapped, axis, shares(units));
  const reads = parameter.kind === 'kernel' && axis === 0;
  return reads ? noise(scaleAxis(mapped, axis, shares(units)), axis, units, deviation) : mapped;
}

/** What the units along an axis are units of: the residual stream, or what a layer makes of it on its way. */
function streamOf({ leaf, axes }: Parameter, axis: number): 'hidden' | 'query' | 'key' | 'value' | 'ffn' {
  if (axes[axis] === 'ffn') return 'ffn';
  const isLast = axis === axes.length - 1;
  const [module = ''] = leaf.split('/');
  switch (module) {
    case 'query':
    case 'key':
    case 'value':
      return isLast ? module : 'hidden';
    case 'attention_output':
      return isLast ? 'hidden' : 'value';
    default:
      return 'hidden';
  }
}
