import type { Tensor } from '@tensorflow/tfjs-core';

/** Tensors by name, while a step runs. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** A tensor's numbers outside the engine, row-major. */
export interface HostTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}
export type HostTensors = ReadonlyMap<string, HostTensor>;

/** What a step is fed on every call: the dtype and shape never change, the values do. */
export interface FeedSpec {
  readonly dtype: 'float32' | 'int32';
  readonly shape: readonly number[];
}
export type Feeds = Readonly<Record<string, Float32Array | Int32Array>>;

/**
 * A pure function in tfjs ops. `state` holds every state tensor; the step returns the entries it changes.
 * All that varies from call to call is in `feeds` (rates, seeds, step numbers, batches): a native engine records the
 * step once, so anything read from JavaScript while it runs would be frozen.
 */
export type Step = (state: Tensors, feeds: Tensors) => { readonly state?: Tensors; readonly outputs: Tensors };

export interface StepFunction {
  readonly feeds: Readonly<Record<string, FeedSpec>>;
  readonly step: Step;
}

/** Compiled steps and the state they share, which lives in the engine until `dispose`. */
export interface Program<Name extends string = string> {
  /** Runs one step, replaces the state it changed, and gives its outputs, row-major. */
  run(name: Name, feeds: Feeds): Promise<ReadonlyMap<string, Float32Array>>;
  /** A copy of the state. */
  read(): Promise<HostTensors>;
  dispose(): void;
}

/** How a program is compiled. */
export interface CompileOptions {
  /**
   * `bf16`: matrices are rounded to bfloat16 before they are multiplied, added up in float32, and the products rounded
   * again. Everything else, weights and moments included, stays float32.
   */
  readonly precision: 'fp32' | 'bf16';
  /** Whether XLA compiles what lies between matrix products. No matter to WebAssembly. */
  readonly xla: 'on' | 'off';
}

/** What carries out training: chosen once per process. */
export interface Engine {
  /** `tensorflow` is TensorFlow on the CPU, `cuda` the same on an NVIDIA card. */
  readonly name: 'wasm' | 'tensorflow' | 'cuda';
  /** For people and records: `cpu, WebAssembly SIMD, 1 thread`. */
  readonly device: string;
  /** Package name -> version of all that can change a number. */
  readonly versions: Readonly<Record<string, string>>;
  /** Threads that it computes with. */
  readonly threads: number;
  /** Whether the same program, fed the same, gives the same bits on every run. */
  readonly repeatable: boolean;
  /** Left out, the options are single precision without XLA. Throws a UserError for a precision that it lacks. */
  compile<Name extends string>(
    functions: Readonly<Record<Name, StepFunction>>,
    state: HostTensors,
    options?: CompileOptions,
  ): Promise<Program<Name>>;
}
