import * as tf from '@tensorflow/tfjs-core';

/** Whether the backend in use has a kernel of this name. */
export function hasKernel(name: string): boolean {
  // The types leave out that there may be none.
  const kernel = tf.getKernel(name, tf.getBackend()) as tf.KernelConfig | undefined;
  return kernel !== undefined;
}

/** Runs a kernel that has one output. */
export function runKernel(name: string, inputs: tf.NamedTensorMap, attributes: tf.NamedAttrMap = {}): tf.Tensor {
  return tf.engine().runKernel<tf.Tensor>(name, inputs, attributes);
}

/** Runs a kernel that has several outputs. */
export function runKernels(name: string, inputs: tf.NamedTensorMap, attributes: tf.NamedAttrMap = {}): tf.Tensor[] {
  return tf.engine().runKernel<tf.Tensor[]>(name, inputs, attributes);
}

/** A function of tensors: its value, what to save of it, and from dy and what was saved the gradient of every input. */
export interface Differentiated {
  readonly value: tf.Tensor;
  readonly saved: tf.Tensor[];
  readonly gradient: (dy: tf.Tensor, saved: readonly tf.Tensor[]) => tf.Tensor[];
}

/** `compute` applied to `inputs`, with the gradient that it gives rather than that of the ops inside it. */
export function withGradient(inputs: tf.Tensor[], compute: (...inputs: tf.Tensor[]) => Differentiated): tf.Tensor {
  const differentiable = tf.customGrad((...parameters) => {
    // tfjs appends the function that saves tensors to the inputs.
    const save = parameters.at(-1) as tf.GradSaveFunc;
    const { value, saved, gradient } = compute(...(parameters.slice(0, -1) as tf.Tensor[]));
    save(saved);
    return { value, gradFunc: (dy, kept) => gradient(dy, kept) };
  });
  return differentiable(...inputs);
}
