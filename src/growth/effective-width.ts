import { layout, parameterName, scoreLayer, type ModelShape, type Parameter } from './layout.ts';
import { alike, classesOf, fold, rowsOf, type Partition, type Rows } from './partition.ts';

/** How many units of a model differ from each other: copies of one unit that never parted count once. */
export interface EffectiveWidth {
  /** FFN units, mean over the layers. */
  readonly ffn: number;
  /** Units of the residual stream. */
  readonly hidden: number;
}

/** Numbers of a model by parameter name, row by row. */
export type Numbers = ReadonlyMap<string, { readonly values: Float32Array }>;

/**
 * Two units are one where their weights differ by less than this part of their length: rounding parts copies by far
 * less, a step of training by far more.
 */
const SAME = 1e-5;

/**
 * The effective width of a model. Units are alike where all that makes them is: an FFN unit's bias and incoming weights;
 * a hidden unit's columns in tables, norms and biases, and the weights that write it. Weights that read units which are
 * alike are added up first, since the units then have one value: the halves of a doubled model, or copies with noise
 * that sums to 0, are alike until training parts them. This is the coarsest partition of the units into such classes,
 * found by refining until nothing changes.
 *
 * With a `tolerance` of 0, sums are compared to the last bit.
 */
export function effectiveWidth(parameters: Numbers, shape: ModelShape, tolerance: number = SAME): EffectiveWidth {
  const model: Model = { parameters, shape, tolerance, all: layout(shape) };
  const own = ownRows(model);
  const layers = Array.from({ length: shape.layers }, (_, layer) => layer);
  let hidden = alike(own, shape.hidden, tolerance);
  for (;;) {
    const ffn = layers.map((layer) => ffnUnits(model, layer, hidden));
    const mean = ffn.reduce((sum, { count }) => sum + count, 0) / shape.layers;
    if (hidden.count === shape.hidden) return { ffn: mean, hidden: hidden.count };
    const written = layers.flatMap((layer) => [
      ...writtenRows(model, layer, 'attention_output/kernel', attentionUnits(model, layer, hidden)),
      ...writtenRows(model, layer, 'ffn_output/kernel', ffn[layer]!),
    ]);
    const finer = alike([...own, ...pooledRows(model, hidden), ...written], shape.hidden, tolerance);
    if (finer.count <= hidden.count) return { ffn: mean, hidden: hidden.count };
    hidden = finer;
  }
}

interface Model {
  readonly parameters: Numbers;
  readonly shape: ModelShape;
  readonly tolerance: number;
  readonly all: readonly Parameter[];
}

/** Rows of a parameter with `columns` columns; none of one that the model does not have. */
function rows({ parameters }: Model, name: string, columns: number): Float32Array[] {
  const found = parameters.get(name);
  return found === undefined ? [] : rowsOf(found.values, columns);
}

/** All of a hidden unit that depends on no other unit. */
function ownRows(model: Model): Rows {
  const elsewhere = /(^masked_lm|^pooler|\/query|\/key|\/value)\//;
  const own = ({ name, leaf, kind, axes }: Parameter) =>
    axes.at(-1) === 'hidden' && !elsewhere.test(name) && (kind !== 'kernel' || leaf === 'ffn_output/right');
  return model.all.filter(own).flatMap(({ name }) => rows(model, name, model.shape.hidden));
}

/** What a projection of pooling windows writes. */
function pooledRows(model: Model, hidden: Partition): Rows {
  const { hidden: width, pool } = model.shape;
  const read = rows(model, 'pool/kernel', width);
  if (pool === null || read.length === 0) return [];
  const tokens = Array.from({ length: pool.window }, (_, token) =>
    hidden.of.map((unit) => token * hidden.count + unit),
  );
  return fold(read, width, { of: tokens.flat(), count: hidden.count * pool.window });
}

function writtenRows(model: Model, layer: number, leaf: string, units: Partition): Rows {
  const { hidden } = model.shape;
  const read = rows(model, parameterName(layer, leaf), hidden);
  return read.length === 0 ? [] : fold(read, hidden, units);
}

/** A layer's FFN units. Under factorization the inner columns between are taken as they are. */
function ffnUnits(model: Model, layer: number, hidden: Partition): Partition {
  const { ffn, ffnRank } = model.shape;
  const incoming = (leaf: string) => rows(model, parameterName(layer, leaf), ffn);
  const kernel = ffnRank === null ? fold(incoming('ffn_input/kernel'), ffn, hidden) : incoming('ffn_input/right');
  return alike([...kernel, ...incoming('ffn_input/bias')], ffn, model.tolerance);
}

/** The units of a layer's heads: those in the same place of heads that are alike as a whole. */
function attentionUnits(model: Model, layer: number, hidden: Partition): Partition {
  const { hidden: width, heads } = model.shape;
  const size = width / heads;
  const scores = scoreLayer(model.shape, layer);
  // A key's bias moves all scores of a query alike, which softmax does not see.
  const kernels = [parameterName(scores, 'query'), parameterName(scores, 'key'), parameterName(layer, 'value')];
  const biases = [parameterName(scores, 'query/bias'), parameterName(layer, 'value/bias')];
  const read = [
    ...kernels.flatMap((name) => fold(rows(model, `${name}/kernel`, width), width, hidden)),
    ...biases.flatMap((name) => rows(model, name, width)),
  ];
  const { of } = alike(read, width, model.tolerance);
  // Scores join all units of a head, so that heads are alike as a whole or not at all.
  const inHead = (unit: number) => of.slice(unit - (unit % size), unit - (unit % size) + size);
  const keys = Array.from({ length: width }, (_, unit) => `${inHead(unit).join()} ${unit % size}`);
  return classesOf(keys);
}
