/** What has to be settled before TensorFlow is loaded, once per process: it reads its environment only then. */
export interface TensorFlowOptions {
  /**
   * `bf16`: matrices are rounded to bfloat16 before they are multiplied, added up in float32, and the products rounded
   * again. Everything else, weights and moments included, stays float32.
   */
  readonly precision: 'fp32' | 'bf16';
  /** `on`: what lies between matrix products is compiled by XLA, which makes the first step slow and the others fast. */
  readonly xla: boolean;
  /** Threads that one op, and ops side by side, may use. */
  readonly threads: number;
}

/** The environment that makes TensorFlow work as `options` say. All but one notice of its chatter is kept off stderr. */
export function environmentOf({ xla, threads }: TensorFlowOptions): Readonly<Record<string, string>> {
  return {
    TF_CPP_MIN_LOG_LEVEL: '3',
    TF_NUM_INTRAOP_THREADS: String(threads),
    TF_NUM_INTEROP_THREADS: String(threads),
    TF_XLA_FLAGS: xla ? XLA_FLAGS : '',
  };
}

const XLA_FLAGS = '--tf_xla_auto_jit=2 --tf_xla_cpu_global_jit --tf_xla_ops_to_cluster=FUSIBLE';
