/** Bytes of one number of every type that a safetensors file may hold whole bytes of. */
export const NUMBER_BYTES: ReadonlyMap<string, number> = new Map([
  ...(['F64', 'I64', 'U64', 'C64'] as const).map((type) => [type, 8] as const),
  ...(['F32', 'I32', 'U32'] as const).map((type) => [type, 4] as const),
  ...(['F16', 'BF16', 'I16', 'U16'] as const).map((type) => [type, 2] as const),
  ...(['I8', 'U8', 'BOOL', 'F8_E5M2', 'F8_E4M3', 'F8_E8M0'] as const).map((type) => [type, 1] as const),
]);

/** The types that weights are read from. */
export const WEIGHT_TYPES = ['F32', 'F16', 'BF16'] as const;
export type WeightType = (typeof WEIGHT_TYPES)[number];

/** Single-precision numbers from little-endian bytes, which must begin at an offset that is a multiple of 4. Exact. */
export function toSingle(type: WeightType, bytes: Uint8Array<ArrayBuffer>): Float32Array {
  const halves = () => new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
  switch (type) {
    case 'F32':
      return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
    case 'F16':
      return Float32Array.from(halves(), (bits) => HALF[bits]!);
    case 'BF16':
      return brainFloats(halves());
  }
}

/** bfloat16 is the upper half of a single-precision number. */
function brainFloats(halves: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(halves, (bits) => bits * 0x10000).buffer);
}

/** Every IEEE 754 half-precision number by its bits. */
const HALF = Float32Array.from({ length: 0x10000 }, (_, bits) => half(bits));

function half(bits: number): number {
  const sign = bits >= 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
