// Compiles the .as files (AssemblyScript) to binary.ts. Needs the npm package assemblyscript: node src/engine/simd/build.js
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import asc from 'assemblyscript/asc';

// AssemblyScript insists on .ts, but these are no TypeScript files: tsc and ESLint would reject them.
function readFile(name) {
  if (!name.endsWith('.ts')) return null;
  try {
    return readFileSync(new URL(name.replace(/\.ts$/, '.as'), import.meta.url), 'utf8');
  } catch {
    return null;
  }
}

/** Of all .as files, by name: a test holds binary.ts to be made from the sources beside it. */
function sourceDigest() {
  const folder = new URL('.', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.as'));
  const hash = createHash('sha256');
  for (const name of files.sort()) hash.update(readFileSync(new URL(name, folder)));
  return hash.digest('hex');
}

function writeFile(name, contents) {
  const text = Buffer.from(contents).toString('base64');
  const lines = [
    '// Made by build.js from the .as files in this folder; do not edit.',
    '',
    '/** SHA-256 of the .as files that the module was made from. */',
    `export const SOURCE_DIGEST = '${sourceDigest()}';`,
    '',
    '/** The WebAssembly module of index.as, in base64. */',
    `export const KERNELS_BASE64 =`,
    `  '${text}';`,
    '',
  ];
  writeFileSync(new URL('binary.ts', import.meta.url), lines.join('\n'));
}

const options = ['--enable', 'simd', '--importMemory', '--noExportMemory', '--runtime', 'stub', '--noAssert', '-O3'];
const { error, stderr } = await asc.main(['index.ts', ...options, '--outFile', 'kernels.wasm'], {
  readFile,
  writeFile,
  listFiles: () => [],
});
process.stderr.write(stderr.toString());
if (error) throw error;
