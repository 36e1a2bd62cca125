import { layout, type ModelShape, type Parameter, type ParameterKind } from '../growth/layout.ts';

/** Modules of transformers' BertForPreTraining by our names: those in a layer begin at the layer. */
const MODULES: Readonly<Record<string, string>> = {
  'embedding/tokens': 'bert.embeddings.word_embeddings',
  'embedding/positions': 'bert.embeddings.position_embeddings',
  'embedding/segments': 'bert.embeddings.token_type_embeddings',
  'embedding/norm': 'bert.embeddings.LayerNorm',
  query: 'attention.self.query',
  key: 'attention.self.key',
  value: 'attention.self.value',
  attention_output: 'attention.output.dense',
  attention_norm: 'attention.output.LayerNorm',
  ffn_input: 'intermediate.dense',
  ffn_output: 'output.dense',
  ffn_norm: 'output.LayerNorm',
  // BERT has no norm after its layers; this name is ours.
  final_norm: 'bert.encoder.LayerNorm',
  'masked_lm/transform': 'cls.predictions.transform.dense',
  'masked_lm/norm': 'cls.predictions.transform.LayerNorm',
  'masked_lm/output': 'cls.predictions',
  pooler: 'bert.pooler.dense',
  next_sentence: 'cls.seq_relationship',
};

const ENDINGS: Readonly<Record<ParameterKind, string>> = {
  table: 'weight',
  kernel: 'weight',
  bias: 'bias',
  gain: 'weight',
};

/** What transformers calls a parameter of BertForPreTraining. Throws for a parameter that no unreduced model has: a bug. */
export function bertName({ name, layer, leaf, kind }: Parameter): string {
  const module = MODULES[kind === 'table' ? leaf : leaf.replace(/\/(?:kernel|bias|gain)$/, '')];
  if (module === undefined) throw new Error(`a BERT has no parameter ${name}`);
  return `${layer === null ? '' : `bert.encoder.layer.${layer}.`}${module}.${ENDINGS[kind]}`;
}

/** PyTorch keeps a kernel as [output, input]. */
export const isTransposed = ({ kind }: Parameter): boolean => kind === 'kernel';

/** Whether a parameter is of the masked-LM head, which transformers' BertModel lacks. */
export const isHead = ({ leaf }: Parameter): boolean => leaf.startsWith('masked_lm/');

/** What a file must have for the next-sentence head to be read. */
export const NEXT_SENTENCE: readonly string[] = ['bert.pooler.dense.weight', 'cls.seq_relationship.weight'];

/** The other names of the output bias and of the token table, which the masked-LM head shares. */
export const DECODER = { bias: 'cls.predictions.decoder.bias', kernel: 'cls.predictions.decoder.weight' } as const;

/**
 * The pooler that a model without a next-sentence head can have all the same: what BERT reads [CLS] with for a task. None
 * where there is such a head: then it is in the layout.
 */
export const poolerAlone = (shape: ModelShape): readonly Parameter[] =>
  shape.nextSentence === true
    ? []
    : layout({ ...shape, nextSentence: true }).filter(({ leaf }) => leaf.startsWith('pooler/'));

/** Tensors that older files keep though they are no parameters: 0, 1, 2, … and zeros. */
export const BUFFERS: readonly string[] = ['bert.embeddings.position_ids', 'bert.embeddings.token_type_ids'];

/**
 * The name that today's BertForPreTraining gives to a tensor: files of BertModel leave `bert.` out, and files from before
 * 2019 call a norm's gain gamma and its bias beta.
 */
export const currentName = (name: string): string =>
  name
    .replace(/^(?=(?:embeddings|encoder|pooler)\.)/, 'bert.')
    .replace(/(LayerNorm)\.gamma$/, '$1.weight')
    .replace(/(LayerNorm)\.beta$/, '$1.bias');
