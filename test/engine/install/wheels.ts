import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';

/** A zip archive of these files, as PKWARE's APPNOTE.TXT lays it out; checksums are left 0, which readers may ignore. */
export function zip(files: Readonly<Record<string, string>>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const data = deflateRawSync(Buffer.from(text));
    const sizes = Buffer.alloc(14);
    sizes.writeUInt32LE(data.length, 4);
    sizes.writeUInt32LE(Buffer.byteLength(text), 8);
    sizes.writeUInt16LE(Buffer.byteLength(name), 12);
    const version = Buffer.from([20, 0, 0, 0, 8, 0, 0, 0, 0, 0]);
    const local = Buffer.concat([
      Buffer.from('PK\u0003\u0004'),
      version,
      sizes,
      Buffer.alloc(2),
      Buffer.from(name),
      data,
    ]);
    const rest = Buffer.alloc(16);
    rest.writeUInt32LE((0o100644 << 16) >>> 0, 8);
    rest.writeUInt32LE(offset, 12);
    directory.push(Buffer.from('PK\u0001\u0002'), Buffer.from([20, 3]), version, sizes, rest, Buffer.from(name));
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006');
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, central, end]);
}

/** Writes a wheel with a true RECORD and gives the bytes; `lies` replaces the contents of files after the hashing. */
export function writeWheel(
  path: string,
  distribution: string,
  files: Readonly<Record<string, string>>,
  { requires = [], lies = {} }: { requires?: readonly string[]; lies?: Readonly<Record<string, string>> } = {},
): Buffer {
  const info = `${distribution}.dist-info`;
  const metadata = ['Metadata-Version: 2.1', ...requires.map((line) => `Requires-Dist: ${line}`), ''].join('\n');
  const hashed = { ...files, [`${info}/METADATA`]: metadata };
  const rows = Object.entries(hashed).map(([name, text]) => {
    const hash = createHash('sha256').update(text).digest('base64url');
    return `${name},sha256=${hash},${Buffer.byteLength(text)}\r\n`;
  });
  const bytes = zip({ ...hashed, ...lies, [`${info}/RECORD`]: `${info}/RECORD,,\r\n${rows.join('')}` });
  writeFileSync(path, bytes);
  return bytes;
}
