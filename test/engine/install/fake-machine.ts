import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InstallEvent } from '../../../src/engine/install/events.ts';
import type { InstallOptions } from '../../../src/engine/install/install.ts';
import { LIBRARIES } from '../../../src/engine/install/release.ts';
import { writeWheel } from './wheels.ts';

/** Stands for python3, npm, c++ and node: notes how it was called and does as little as each of them must. */
const TOOL = `
const fs = require('node:fs'), path = require('node:path');
const name = path.basename(process.argv[1]), args = process.argv.slice(2);
const root = path.join(path.dirname(process.argv[1]), '..');
fs.appendFileSync(path.join(root, 'calls'), [name, ...args].join(' ') + '\\n');
const after = (flag) => args[args.indexOf(flag) + 1];
const saying = path.join(root, 'says-' + name + (args.includes('--version') ? '-version' : ''));
if (fs.existsSync(saying)) { process.stderr.write(fs.readFileSync(saying)); process.exit(1); }
if (args.includes('--version')) { console.log(name === 'python3' ? 'Python 3.12.1' : name + ' 12.2.0'); process.exit(); }
if (name === 'python3') {
  const project = args.at(-1).split(/[=<>]/)[0].replaceAll('-', '_');
  const file = fs.readdirSync(path.join(root, 'index')).find((wheel) => wheel.startsWith(project + '-'));
  const finish = () => {
    fs.copyFileSync(path.join(root, 'index', file), path.join(after('--dest'), file));
    console.log('Collecting it\\n  Downloading ' + file + ' (1.5 MB)\\nSaved ' + path.join(after('--dest'), file));
  };
  setTimeout(finish, Number(process.env.PIP_MS ?? 0));
}
if (name === 'npm') {
  const folder = path.join(after('--prefix'), 'node_modules/@tensorflow/tfjs-node-gpu');
  fs.mkdirSync(path.join(folder, 'dist'), { recursive: true });
  fs.writeFileSync(path.join(folder, 'dist/index.js'), '');
}
if (name === 'c++') {
  for (const input of args.filter((arg) => /\\.(so\\.2|2\\.dylib)$/.test(arg))) fs.accessSync(input);
  fs.writeFileSync(after('-o'), 'addon');
}
if (name === 'node') console.log('TensorFlow ' + (process.env.LINKED ?? '2.21.0'));
`;

export interface FakeMachine {
  readonly home: string;
  readonly env: Record<string, string>;
  readonly events: InstallEvent[];
  readonly index: string;
  readonly options: InstallOptions;
  /** What the tools were called with, in order. */
  calls(): string[];
  /** From now on the tool prints this and fails; with null it works again. */
  fails(tool: string, says: string | null): void;
  lacks(tool: string): void;
  dispose(): void;
}

/** A folder that is all of PATH, with tools that need no network, and an index with a small TensorFlow. */
export function fakeMachine(): FakeMachine {
  const root = mkdtempSync(join(tmpdir(), 'growbench-machine-'));
  const [bin, index, home] = ['bin', 'index', 'home'].map((name) => join(root, name)) as [string, string, string];
  mkdirSync(bin);
  mkdirSync(index);
  for (const tool of ['python3', 'npm', 'c++', 'node']) {
    writeFileSync(join(bin, tool), `#!${process.execPath}\n${TOOL}`);
    chmodSync(join(bin, tool), 0o755);
  }
  for (const project of ['tensorflow_cpu', 'tensorflow']) addTensorFlow(index, project);
  const env: Record<string, string> = { PATH: bin, GROWBENCH_HOME: home };
  const events: InstallEvent[] = [];
  return {
    home,
    env,
    events,
    index,
    options: {
      ...{ kind: 'cpu', tensorflow: null, from: null, env, node: join(bin, 'node'), createdBy: 'growbench 0.0.0' },
      ...{ signal: new AbortController().signal, onEvent: (event) => events.push(event) },
    },
    calls: () => (existsSync(join(root, 'calls')) ? readFileSync(join(root, 'calls'), 'utf8').trim().split('\n') : []),
    fails: (tool, says) => {
      if (says === null) rmSync(join(root, `says-${tool}`));
      else writeFileSync(join(root, `says-${tool}`), says);
    },
    lacks: (tool) => {
      rmSync(join(bin, tool));
    },
    dispose: () => {
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function addTensorFlow(index: string, project: string): void {
  const files = {
    ...Object.fromEntries(LIBRARIES.map((library) => [`tensorflow/${library}`, `the library ${library}`])),
    'tensorflow/include/tensorflow/c/c_api.h': '// C interface',
    'tensorflow/python/framework.py': 'import this',
  };
  const requires = ['numpy>=1.26.0', 'nvidia-cublas-cu12<13.0,>=12.5.3.2; extra == "and-cuda"'];
  writeWheel(join(index, `${project}-2.21.0-cp311-cp311-any.whl`), `${project}-2.21.0`, files, { requires });
}
