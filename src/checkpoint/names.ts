import type { Parameter, ParameterKind } from '../growth/layout.ts';

/** Modules of transformers' BertForMaskedLM by our names: those in a layer begin at the layer. */
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
  // BertForMaskedLM has no norm after its layers; this name is ours.
  final_norm: 'bert.encoder.LayerNorm',
  'masked_lm/transform': 'cls.predictions.transform.dense',
  'masked_lm/norm': 'cls.predictions.transform.LayerNorm',
  'masked_lm/output': 'cls.predictions',
};

const ENDINGS: Readonly<Record<ParameterKind, string>> = {
  table: 'weight',
  kernel: 'weight',
  bias: 'bias',
  gain: 'weight',
};

/** What transformers calls a parameter of BertForMaskedLM. Throws for a parameter that no unreduced model has: a bug. */
export function bertName({ name, layer, leaf, kind }: Parameter): string {
  const module = MODULES[kind === 'table' ? leaf : leaf.replace(/\/(?:kernel|bias|gain)$/, '')];
  if (module === undefined) throw new Error(`a BERT has no parameter ${name}`);
  return `${layer === null ? '' : `bert.encoder.layer.${layer}.`}${module}.${ENDINGS[kind]}`;
}

/** PyTorch keeps a kernel as [output, input]. */
export const isTransposed = ({ kind }: Parameter): boolean => kind === 'kernel';

/** Whether a parameter is of the masked-LM head, which transformers' BertModel lacks. */
export const isHead = ({ leaf }: Parameter): boolean => leaf.startsWith('masked_lm/');

/** The other names of the output bias and of the token table, which the masked-LM head shares. */
export const DECODER = { bias: 'cls.predictions.decoder.bias', kernel: 'cls.predictions.decoder.weight' } as const;

/** What BERT reads [CLS] with for a task, trained together with the encoder; no part of the masked-LM model. */
export const POOLER = { kernel: 'bert.pooler.dense.weight', bias: 'bert.pooler.dense.bias' } as const;

/** Tensors that older files keep though they are no parameters: 0, 1, 2, … and zeros. */
export const BUFFERS: readonly string[] = ['bert.embeddings.position_ids', 'bert.embeddings.token_type_ids'];

/**
 * The name that today's BertForMaskedLM gives to a tensor: files of BertModel leave `bert.` out, and files from before
 * 2019 call a norm's gain gamma and its bias beta.
 */
export const currentName = (name: string): string =>
  name
    .replace(/^(?=(?:embeddings|encoder|pooler)\.)/, 'bert.')
    .replace(/(LayerNorm)\.gamma$/, '$1.weight')
    .replace(/(LayerNorm)\.beta$/, '$1.bias');
