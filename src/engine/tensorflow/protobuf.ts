/** A field's number in its message and its bytes, tag included. */
export type Field = Uint8Array;

const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

/** An integer of at most 53 bits, negative ones as two's complement of 64 bits. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

const tagged = (field: number, wire: number, ...parts: readonly Uint8Array[]): Field =>
  Buffer.concat([varint(field * 8 + wire), ...parts]);

/** int32, int64, bool and enum fields. */
export const integer = (field: number, value: number | boolean): Field => tagged(field, VARINT, varint(Number(value)));

export function float(field: number, value: number): Field {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return tagged(field, FIXED32, bytes);
}

/** String and bytes fields. */
export function bytes(field: number, value: string | Uint8Array): Field {
  const content = typeof value === 'string' ? Buffer.from(value) : value;
  return tagged(field, BYTES, varint(content.length), content);
}

/** A message within a message. */
export const message = (field: number, fields: readonly Field[]): Field => bytes(field, Buffer.concat(fields));
