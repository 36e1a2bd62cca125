/** With the NVIDIA libraries of its TensorFlow, or without. */
export type EngineKind = 'cpu' | 'cuda';

/** One wheel that an engine was unpacked from; the hash is that of the whole file. */
export interface WheelSource {
  readonly file: string;
  readonly sha256: string;
}

/** `engine.json` in an engine's folder: written last, so a folder that has it is whole. */
export interface EngineManifest {
  readonly format: 1;
  readonly kind: EngineKind;
  /** The version of TensorFlow's shared libraries. */
  readonly tensorflow: string;
  /** The npm package whose addon was compiled against them. */
  readonly nodePackage: { readonly name: string; readonly version: string };
  /** What `require` is given, relative to the engine's folder, which may be moved as a whole. */
  readonly entry: string;
  /** `linux-x64`, as `process.platform` and `process.arch` spell it. */
  readonly platform: string;
  readonly wheels: readonly WheelSource[];
  /** Of the compiled addon. */
  readonly addon: { readonly path: string; readonly sha256: string };
  /** Bytes of the addon and of every shared library, relative to the engine's folder; an early engine does not say. */
  readonly sizes?: Readonly<Record<string, number>>;
  /** Of our kernels in it, as kernelsDigest gives it; absent in engines that were built before there were any. */
  readonly kernels?: string;
  readonly compiler: string;
  readonly createdBy: string;
  readonly created: string;
}

/** The name of an engine's folder, and what `engine remove` is given. */
export const engineName = (kind: EngineKind, tensorflow: string): string => `${kind}-${tensorflow}`;

export const thisPlatform = (): string => `${process.platform}-${process.arch}`;

/** Reads `engine.json`'s text; null where it is no manifest of ours. */
export function parseManifest(text: string): EngineManifest | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const manifest = value as Partial<EngineManifest>;
  const whole =
    manifest.format === 1 &&
    (manifest.kind === 'cpu' || manifest.kind === 'cuda') &&
    typeof manifest.tensorflow === 'string' &&
    typeof manifest.nodePackage === 'object' &&
    typeof manifest.entry === 'string' &&
    typeof manifest.platform === 'string' &&
    typeof manifest.addon === 'object' &&
    Array.isArray(manifest.wheels);
  return whole ? (manifest as EngineManifest) : null;
}
