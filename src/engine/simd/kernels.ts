import { KERNELS_BASE64 } from './binary.ts';

/** A byte offset in the WebAssembly memory. */
export type Address = number;

/** What index.as exports. Every argument is a number: an address, or a size in elements. */
export interface SimdKernels {
  matmul(
    a: Address,
    b: Address,
    bias: Address,
    out: Address,
    batch: number,
    m: number,
    depth: number,
    n: number,
    aRow: number,
    aColumn: number,
    aStep: number,
    bStep: number,
  ): void;
  transpose(x: Address, out: Address, batch: number, rows: number, columns: number): void;
  swapMiddle(x: Address, out: Address, a: number, b: number, c: number, size: number): void;
  sumRows(x: Address, out: Address, rows: number, columns: number): void;
  softmax(x: Address, y: Address, rows: number, size: number): void;
  softmaxGrad(y: Address, dy: Address, dx: Address, rows: number, size: number): void;
  crossEntropy(x: Address, labels: Address, loss: Address, sums: Address, y: Address, rows: number, size: number): void;
  crossEntropyGrad(y: Address, labels: Address, dy: Address, dx: Address, rows: number, size: number): void;
  layerNorm(
    x: Address,
    gain: Address,
    bias: Address,
    y: Address,
    normal: Address,
    inverse: Address,
    rows: number,
    size: number,
    epsilon: number,
  ): void;
  layerNormGrad(
    dy: Address,
    normal: Address,
    inverse: Address,
    gain: Address,
    dx: Address,
    gainGrad: Address,
    biasGrad: Address,
    rows: number,
    size: number,
  ): void;
  scatterAdd(x: Address, ids: Address, out: Address, count: number, size: number): void;
  gelu(x: Address, y: Address, size: number): void;
  geluGrad(x: Address, dy: Address, dx: Address, size: number): void;
  dropoutMask(mask: Address, size: number, key: number, threshold: number, scale: number): void;
  add(a: Address, b: Address, out: Address, repeats: number, size: number): void;
  multiply(a: Address, b: Address, out: Address, repeats: number, size: number): void;
  scale(x: Address, out: Address, size: number, factor: number): void;
  squareSum(x: Address, size: number): number;
  adamw(
    w: Address,
    m: Address,
    v: Address,
    g: Address,
    w2: Address,
    m2: Address,
    v2: Address,
    size: number,
    clip: number,
    beta1: number,
    beta2: number,
    rate: number,
    decay: number,
    inverseCorrection2: number,
    epsilon: number,
  ): void;
}

/** A WebAssembly memory: neither TypeScript's library for ES2023 nor Node's types declare WebAssembly. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

interface WebAssemblyGlobal {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ readonly instance: { readonly exports: object } }>;
}

/** Our kernels, working in the given memory. The module has no data of its own, so it disturbs nothing that lies there. */
export async function loadSimdKernels(memory: WasmMemory): Promise<SimdKernels> {
  const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyGlobal };
  const { instance } = await WebAssembly.instantiate(Buffer.from(KERNELS_BASE64, 'base64'), { env: { memory } });
  return instance.exports as SimdKernels;
}
