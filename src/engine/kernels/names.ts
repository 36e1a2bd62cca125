/** Names of our own kernels, in tfjs's registry of kernels by name and backend. */
export const GELU = 'Gelu';
export const GELU_GRAD = 'GeluGrad';
export const LAYER_NORM = 'LayerNorm';
export const LAYER_NORM_GRAD = 'LayerNormGrad';
export const SOFTMAX_GRAD = 'SoftmaxGrad';
export const CROSS_ENTROPY = 'CrossEntropy';
export const CROSS_ENTROPY_GRAD = 'CrossEntropyGrad';
export const DROPOUT_MASK = 'DropoutMask';
export const DROPOUT = 'Dropout';
export const DENSE = 'Dense';
export const COLUMN_SUM = 'ColumnSum';
export const ADAMW = 'AdamW';
export const SQUARE_SUM = 'SquareSum';
