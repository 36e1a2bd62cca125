/** The ways in which an encoder can be made smaller, in the order in which they are listed everywhere. */
export const DIMENSIONS = ['depth', 'width', 'length', 'attention'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** Neighbouring token embeddings merged into one, `window` at a time. `concat` joins them and projects the result. */
export interface Pool {
  readonly how: 'mean' | 'max' | 'concat';
  readonly window: number;
}

/** Everything that fixes the tensor shapes of a BERT encoder and of one forward pass through it. */
export interface ModelShape {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly ffn: number;
  /** Every FFN kernel is the product of two matrices with this many inner columns; null: it is one matrix. */
  readonly ffnRank: number | null;
  /** Layers that use the attention scores of the first among them; 1: each has its own. */
  readonly scoreGroup: number;
  readonly vocab: number;
  /** Rows of the position table: the longest sequence the model can read. */
  readonly positions: number;
  readonly norm: 'post' | 'pre';
  /** Tokens of a pre-training sequence, [CLS] and [SEP] included. */
  readonly length: number;
  readonly pool: Pool | null;
  /** There is a head that tells from [CLS] whether the second text follows the first; left out where there is none. */
  readonly nextSentence?: true;
}

/** What a model has that no reduction but that of sizes has touched. */
export const UNREDUCED = { ffnRank: null, scoreGroup: 1, pool: null } as const;

/** Segment ids: 0 for the first text, 1 for the second. */
export const SEGMENTS = 2;

/** What the next-sentence head chooses from: the second text is the continuation of the first (0), or not (1). */
export const CONTINUATIONS = 2;

export type Axis = 'vocab' | 'position' | 'segment' | 'hidden' | 'ffn' | 'rank' | 'window' | 'continuation';
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

/** The projection of a window's token embeddings, side by side, to one. */
const POOL_PROJECTION: readonly Row[] = [
  ['pool/kernel', 'kernel', 'window', 'hidden'],
  ['pool/bias', 'bias', 'hidden'],
];

const SCORES: readonly Row[] = [
  ['query/kernel', 'kernel', 'hidden', 'hidden'],
  ['query/bias', 'bias', 'hidden'],
  ['key/kernel', 'kernel', 'hidden', 'hidden'],
  ['key/bias', 'bias', 'hidden'],
];

const ATTENTION: readonly Row[] = [
  ['value/kernel', 'kernel', 'hidden', 'hidden'],
  ['value/bias', 'bias', 'hidden'],
  ['attention_output/kernel', 'kernel', 'hidden', 'hidden'],
  ['attention_output/bias', 'bias', 'hidden'],
  ['attention_norm/gain', 'gain', 'hidden'],
  ['attention_norm/bias', 'bias', 'hidden'],
];

const FFN_INPUT: readonly Row[] = [['ffn_input/kernel', 'kernel', 'hidden', 'ffn']];
const FFN_OUTPUT: readonly Row[] = [['ffn_output/kernel', 'kernel', 'ffn', 'hidden']];

const FACTORIZED_FFN_INPUT: readonly Row[] = [
  ['ffn_input/left', 'kernel', 'hidden', 'rank'],
  ['ffn_input/right', 'kernel', 'rank', 'ffn'],
];
const FACTORIZED_FFN_OUTPUT: readonly Row[] = [
  ['ffn_output/left', 'kernel', 'ffn', 'rank'],
  ['ffn_output/right', 'kernel', 'rank', 'hidden'],
];

const FFN_NORM: readonly Row[] = [
  ['ffn_norm/gain', 'gain', 'hidden'],
  ['ffn_norm/bias', 'bias', 'hidden'],
];

/** The layer whose attention scores `layer` uses: itself, or the first of its group. */
export const scoreLayer = ({ scoreGroup }: Pick<ModelShape, 'scoreGroup'>, layer: number): number =>
  layer - (layer % scoreGroup);

/** Whether a layer that uses another's attention scores lacks the parameter `leaf`. */
export const makesScores = (leaf: string): boolean => SCORES.some(([own]) => own === leaf);

function layerRows({ ffnRank, scoreGroup }: LayoutShape, layer: number): Row[] {
  return [
    ...(scoreLayer({ scoreGroup }, layer) === layer ? SCORES : []),
    ...ATTENTION,
    ...(ffnRank === null ? FFN_INPUT : FACTORIZED_FFN_INPUT),
    ['ffn_input/bias', 'bias', 'ffn'],
    ...(ffnRank === null ? FFN_OUTPUT : FACTORIZED_FFN_OUTPUT),
    ['ffn_output/bias', 'bias', 'hidden'],
    ...FFN_NORM,
  ];
}

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

/** What is read off [CLS]: a dense layer with tanh, which fine-tuning goes on from, and a linear map of it. */
const NEXT_SENTENCE_HEAD: readonly Row[] = [
  ['pooler/kernel', 'kernel', 'hidden', 'hidden'],
  ['pooler/bias', 'bias', 'hidden'],
  ['next_sentence/kernel', 'kernel', 'hidden', 'continuation'],
  ['next_sentence/bias', 'bias', 'continuation'],
];

const PRETRAINING_HEADS: readonly Row[] = [...MASKED_LM_HEAD, ...NEXT_SENTENCE_HEAD];

/** Whether a parameter is one of the pre-training heads' own; the token table, which one of them shares, is not. */
export const isHead = ({ leaf }: Pick<Parameter, 'leaf'>): boolean => PRETRAINING_HEADS.some(([own]) => own === leaf);

/** The name of a parameter: `layer_3/query/kernel`, or the leaf itself outside the layers. */
export const parameterName = (layer: number | null, leaf: string): string =>
  layer === null ? leaf : `layer_${layer}/${leaf}`;

/** What decides which parameters there are, whatever their sizes. */
export type LayoutShape = Pick<ModelShape, 'layers' | 'norm' | 'pool' | 'ffnRank' | 'scoreGroup' | 'nextSentence'>;

/**
 * Every pre-trained parameter of a model, in a fixed order. The one place where parameter names are spelled.
 * The output kernel of the masked-LM head is the token table (tied), so it is not listed twice.
 */
export function layout(shape: LayoutShape): Parameter[] {
  const rows = (layer: number | null, table: readonly Row[]) =>
    table.map(([leaf, kind, ...axes]): Parameter => ({ name: parameterName(layer, leaf), layer, leaf, kind, axes }));
  return [
    ...rows(null, EMBEDDING),
    ...rows(null, shape.pool?.how === 'concat' ? POOL_PROJECTION : []),
    ...Array.from({ length: shape.layers }, (_, layer) => rows(layer, layerRows(shape, layer))).flat(),
    ...rows(null, shape.norm === 'pre' ? FINAL_NORM : []),
    ...rows(null, MASKED_LM_HEAD),
    ...rows(null, shape.nextSentence === true ? NEXT_SENTENCE_HEAD : []),
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
    rank: shape.ffnRank ?? 0,
    window: (shape.pool?.window ?? 0) * shape.hidden,
    continuation: CONTINUATIONS,
  };
  return parameter.axes.map((axis) => size[axis]);
}

/** Trainable numbers of a model. */
export const parameterCount = (shape: ModelShape): number =>
  layout(shape).reduce((sum, parameter) => sum + dims(parameter, shape).reduce((a, b) => a * b, 1), 0);
