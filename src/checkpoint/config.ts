import { SEGMENTS, UNREDUCED, type ModelShape } from '../growth/layout.ts';
import { fault, shown } from './fault.ts';
import { isObject, parseObject } from './small-file.ts';

/** What config.json says of a model, apart from its name for itself. */
export interface ModelConfig {
  readonly shape: ModelShape;
  readonly dropout: number;
}

type Values = Readonly<Record<string, unknown>>;

/** A model that transformers has a class for, and one that only growbench reads. */
const MODEL_TYPES = { post: 'bert', pre: 'growbench' } as const satisfies Record<ModelShape['norm'], string>;

/** Sizes that no BERT exceeds: what lies beyond is a broken file, and must not cost memory to find out. */
const LARGEST = {
  num_hidden_layers: 1000,
  hidden_size: 2 ** 16,
  num_attention_heads: 2 ** 10,
  intermediate_size: 2 ** 20,
  vocab_size: 2 ** 20,
  max_position_embeddings: 2 ** 16,
} as const;

/** Settings that growbench computes one value of, and what transformers takes where the file does not say. */
const FIXED: Readonly<Record<string, readonly [only: unknown, absent: unknown]>> = {
  hidden_act: ['gelu', 'gelu'],
  layer_norm_eps: [1e-12, 1e-12],
  type_vocab_size: [SEGMENTS, SEGMENTS],
  position_embedding_type: ['absolute', 'absolute'],
  tie_word_embeddings: [true, true],
  is_decoder: [false, false],
  add_cross_attention: [false, false],
};

/** Sequences that a model is measured with where its file does not say what it was trained on, as BERT mostly was. */
const USUAL_LENGTH = 128;

/** The model that a config.json describes. Throws a UserError where it is no BERT that growbench can compute. */
export function readConfig(path: string, text: string): ModelConfig {
  const values = parseObject(path, text);
  const own = isObject(values.growbench) ? values.growbench : {};
  const norm = normOf(path, values, own);
  for (const [name, [only, absent]] of Object.entries(FIXED)) {
    const got = values[name] ?? absent;
    if (got !== only) throw fault(path, `${name} must be ${shown(only)}, got ${shown(got)}`, OTHER_MODEL);
  }
  const size = (name: keyof typeof LARGEST) => wholeNumber(path, name, values[name], LARGEST[name]);
  const [hidden, heads] = [size('hidden_size'), size('num_attention_heads')];
  if (hidden % heads !== 0) {
    throw fault(path, `num_attention_heads must divide hidden_size, got ${heads} and ${hidden}`);
  }
  const positions = size('max_position_embeddings');
  const { length = Math.min(USUAL_LENGTH, positions) } = own;
  const shape: ModelShape = {
    ...{ layers: size('num_hidden_layers'), hidden, heads, ffn: size('intermediate_size') },
    ...{ vocab: size('vocab_size'), positions, norm },
    ...{ length: wholeNumber(path, 'growbench.length', length, positions), ...UNREDUCED },
  };
  return { shape, dropout: dropoutOf(path, values) };
}

const OTHER_MODEL =
  'growbench reads BERT and what has its shape: exact GELU, two segments, learned positions, a tied head.';

function normOf(path: string, values: Values, own: Values): ModelShape['norm'] {
  const type = values.model_type ?? MODEL_TYPES.post;
  if (type === MODEL_TYPES.post) return 'post';
  if (type === MODEL_TYPES.pre && own.norm === 'pre') return 'pre';
  throw fault(path, `model_type must be "${MODEL_TYPES.post}", got ${shown(type)}`, OTHER_MODEL);
}

function wholeNumber(path: string, name: string, value: unknown, largest: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= largest) return value;
  throw fault(path, `${name} must be a whole number from 1 to ${largest}, got ${shown(value)}`);
}

function dropoutOf(path: string, { hidden_dropout_prob: dropout = 0.1 }: Values): number {
  if (typeof dropout === 'number' && dropout >= 0 && dropout < 1) return dropout;
  throw fault(path, `hidden_dropout_prob must be from 0 to below 1, got ${shown(dropout)}`);
}

/** The class of transformers that has these heads of pre-training and no other. */
function architecture(maskedLm: boolean, nextSentence: boolean): string {
  if (nextSentence) return maskedLm ? 'BertForPreTraining' : 'BertForNextSentencePrediction';
  return maskedLm ? 'BertForMaskedLM' : 'BertModel';
}

/**
 * The config.json of a model, as transformers writes it for the class that has its heads, with a block of our own.
 * `hasHead`: the masked-LM head is not missing. A pre-norm model gets a model_type that transformers refuses: it has no class for
 * one, and would compute something else with the same weights.
 */
export function makeConfig({ shape, dropout }: ModelConfig, hasHead: boolean, padding: number): string {
  const { norm, length } = shape;
  const config = {
    ...(norm === 'post' && { architectures: [architecture(hasHead, shape.nextSentence === true)] }),
    attention_probs_dropout_prob: dropout,
    dtype: 'float32',
    growbench: { format: 1, length, norm },
    hidden_act: 'gelu',
    hidden_dropout_prob: dropout,
    hidden_size: shape.hidden,
    initializer_range: 0.02,
    intermediate_size: shape.ffn,
    layer_norm_eps: 1e-12,
    max_position_embeddings: shape.positions,
    model_type: MODEL_TYPES[norm],
    num_attention_heads: shape.heads,
    num_hidden_layers: shape.layers,
    pad_token_id: padding,
    tie_word_embeddings: true,
    type_vocab_size: SEGMENTS,
    vocab_size: shape.vocab,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
