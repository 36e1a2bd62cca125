/** What has to be settled before TensorFlow is loaded, once per process: it reads its environment only then. */
export interface TensorFlowOptions {
  /** Threads that one op, and ops side by side, may use. */
  readonly threads: number;
  /** `cpu` hides every card; `cuda` demands one; `any` takes one where TensorFlow finds it. */
  readonly device: 'cpu' | 'cuda' | 'any';
}

/** The environment that makes TensorFlow work as `options` say. Of its chatter only what it writes while it is loaded reaches stderr. */
export function environmentOf({ threads, device }: TensorFlowOptions): Readonly<Record<string, string>> {
  return {
    TF_CPP_MIN_LOG_LEVEL: '3',
    TF_NUM_INTRAOP_THREADS: String(threads),
    TF_NUM_INTEROP_THREADS: String(threads),
    TF_XLA_FLAGS: XLA_FLAGS,
    ...(device === 'cpu' ? { CUDA_VISIBLE_DEVICES: '-1' } : {}),
  };
}

/**
 * Nothing is compiled by XLA but the nodes that ask for it; without the first flag those of a CPU would not be either.
 * Matrix products stay with oneDNN and cuBLAS: FUSIBLE is what lies between them.
 */
const XLA_FLAGS = '--tf_xla_cpu_global_jit --tf_xla_ops_to_cluster=FUSIBLE';
