// Kernels for the WebAssembly engine: they work on float32 tensors in the memory of tfjs's WebAssembly backend, by address.
export { scatterAdd, sumRows, swapMiddle, transpose } from './layout';
export { matmul } from './matmul';
export {
  crossEntropy,
  crossEntropyGrad,
  layerNorm,
  layerNormGrad,
  softmax,
  softmaxGrad,
} from './rows';
export { adamw, add, dropoutMask, gelu, geluGrad, multiply, scale, squareSum } from './elements';
