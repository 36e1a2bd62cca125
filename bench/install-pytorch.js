// Puts PyTorch, which is nothing to the project but the benches' reference, into bench/.pytorch.
// node bench/install-pytorch.js [--index URL]: pip's own settings hold; --index names an index with builds for the CPU,
// which are ten times smaller than those for CUDA.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const FOLDER = fileURLToPath(new URL('.pytorch', import.meta.url));
const VERSION = '2.9.1';

/** The Python that has PyTorch. Throws where none was installed. */
export function installedPython() {
  const python = `${FOLDER}/bin/python`;
  if (existsSync(python)) return python;
  throw new Error('run node bench/install-pytorch.js first, or name a Python that has torch: --python PYTHON');
}

function install(index) {
  const run = (command, ...parameters) => execFileSync(command, parameters, { stdio: 'inherit' });
  run('python3', '-m', 'venv', FOLDER);
  run(`${FOLDER}/bin/python`, '-m', 'pip', 'install', ...index, `torch==${VERSION}`, 'numpy');
  run(installedPython(), '-c', 'import torch; print("PyTorch", torch.__version__, "in", torch.__file__)');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { index: { type: 'string' } } });
  install(values.index === undefined ? [] : ['--extra-index-url', values.index]);
}
