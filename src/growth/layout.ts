/** The ways in which an encoder can be made smaller, in the order in which they are listed everywhere. */
export const DIMENSIONS = ['depth', 'width', 'length'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Neighbouring token embeddings merged into one, `window` at a time. */
export interface Pool {
  readonly how: 'mean';
  readonly window: number;
}

/** Everything that fixes the tensor shapes of a BERT encoder and of one forward pass through it. */
export interface ModelShape {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly ffn: number;
  readonly vocab: number;
  /** Rows of the position table: the longest sequence the model can read. */
  readonly positions: number;
  readonly norm: 'post' | 'pre';
  /** Tokens of a pre-training sequence, [CLS] and [SEP] included. */
  readonly length: number;
  readonly pool: Pool | null;
}

/** Segment ids: 0 for the first text, 1 for the second. */
export const SEGMENTS = 2;

export type Axis = 'vocab' | 'position' | 'segment' | 'hidden' | 'ffn';
export type ParameterKind = 'table' | 'kernel' | 'bias' | 'gain';

/** One trainable tensor. The axes of a kernel are [input, output]. */
export interface Parameter {
  readonly name: string;
  /** Null outside the stack of layers. */
  readonly layer: number | null;
  /** The name without its layer: `query/kernel`. */
  readonly leaf: string;
  readonly kind: ParameterKind;
  readonly axes: readonly Axis[];
}

type Row = readonly [leaf: string, kind: ParameterKind, ...axes: Axis[]];

const EMBEDDING: readonly Row[] = [
  ['embedding/tokens', 'table', 'vocab', 'hidden'],
  ['embedding/positions', 'table', 'position', 'hidden'],
  ['embedding/segments', 'table', 'segment', 'hidden'],
  ['embedding/norm/gain', 'gain', 'hidden'],
  ['embedding/norm/bias', 'bias', 'hidden'],
];

const LAYER: readonly Row[] = [
  ['query/kernel', 'kernel', 'hidden', 'hidden'],
  ['query/bias', 'bias', 'hidden'],
  ['key/kernel', 'kernel', 'hidden', 'hidden'],
  ['key/bias', 'bias', 'hidden'],
  ['value/kernel', 'kernel', 'hidden', 'hidden'],
  ['value/bias', 'bias', 'hidden'],
  ['attention_output/kernel', 'kernel', 'hidden', 'hidden'],
  ['attention_output/bias', 'bias', 'hidden'],
  ['attention_norm/gain', 'gain', 'hidden'],
  ['attention_norm/bias', 'bias', 'hidden'],
  ['ffn_input/kernel', 'kernel', 'hidden', 'ffn'],
  ['ffn_input/bias', 'bias', 'ffn'],
  ['ffn_output/kernel', 'kernel', 'ffn', 'hidden'],
  ['ffn_output/bias', 'bias', 'hidden'],
  ['ffn_norm/gain', 'gain', 'hidden'],
  ['ffn_norm/bias', 'bias', 'hidden'],
];

/** In pre-norm nothing normalises the last layer's output, so one norm follows the stack. */
const FINAL_NORM: readonly Row[] = [
  ['final_norm/gain', 'gain', 'hidden'],
  ['final_norm/bias', 'bias', 'hidden'],
];

const MASKED_LM_HEAD: readonly Row[] = [
  ['masked_lm/transform/kernel', 'kernel', 'hidden', 'hidden'],
  ['masked_lm/transform/bias', 'bias', 'hidden'],
  ['masked_lm/norm/gain', 'gain', 'hidden'],
  ['masked_lm/norm/bias', 'bias', 'hidden'],
  ['masked_lm/output/bias', 'bias', 'vocab'],
];

/** The name of a parameter: `layer_3/query/kernel`, or the leaf itself outside the layers. */
export const parameterName = (layer: number | null, leaf: string): string =>
  layer === null ? leaf : `layer_${layer}/${leaf}`;

/**
 * Every pre-trained parameter of a model, in a fixed order. The one place where parameter names are spelled.
 * The output kernel of the masked-LM head is the token table (tied), so it is not listed twice.
 */
export function layout(shape: Pick<ModelShape, 'layers' | 'norm'>): Parameter[] {
  const rows = (layer: number | null, table: readonly Row[]) =>
    table.map(([leaf, kind, ...axes]): Parameter => ({ name: parameterName(layer, leaf), layer, leaf, kind, axes }));
  return [
    ...rows(null, EMBEDDING),
    ...Array.from({ length: shape.layers }, (_, layer) => rows(layer, LAYER)).flat(),
    ...rows(null, shape.norm === 'pre' ? FINAL_NORM : []),
    ...rows(null, MASKED_LM_HEAD),
  ];
}

/** The sizes of a parameter's axes in a model of this shape. */
export function dims(parameter: Parameter, shape: ModelShape): number[] {
  const size: Record<Axis, number> = {
    vocab: shape.vocab,
    position: shape.positions,
    segment: SEGMENTS,
    hidden: shape.hidden,
    ffn: shape.ffn,
  };
  return parameter.axes.map((axis) => size[axis]);
}

/** Trainable numbers of a model. */
export const parameterCount = (shape: ModelShape): number =>
  layout(shape).reduce((sum, parameter) => sum + dims(parameter, shape).reduce((a, b) => a * b, 1), 0);
