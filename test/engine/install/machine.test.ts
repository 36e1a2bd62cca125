import { describe, expect, test } from 'vitest';
import { explainLoadFailure } from '../../../src/engine/install/load-failure.ts';
import { checkRequirements } from '../../../src/engine/install/requirements.ts';
import { commandFor, type System } from '../../../src/engine/install/system.ts';
import { growbenchHome } from '../../../src/engine/install/home.ts';

const system = (osRelease: string, rest: Partial<System> = {}): System => ({
  ...{ platform: 'linux', osRelease, root: false, env: {} },
  ...rest,
});

describe('the command that brings what is missing', () => {
  test.each([
    ['Debian', system('ID=debian\n'), 'sudo apt-get install -y python3-pip g++'],
    ['Ubuntu', system('NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\n'), 'sudo apt-get install -y python3-pip g++'],
    ['Fedora', system('ID=fedora\n'), 'sudo dnf install -y python3-pip gcc-c++'],
    ['Rocky', system('ID="rocky"\nID_LIKE="rhel centos fedora"\n'), 'sudo dnf install -y python3-pip gcc-c++'],
    ['root', system('ID=debian\n', { root: true }), 'apt-get install -y python3-pip g++'],
    ['macOS', system('', { platform: 'darwin' }), 'xcode-select --install'],
  ])('on %s', (_, where, command) => {
    expect(commandFor(['pip', 'compiler'], where)).toBe(command);
  });

  test('is pip’s own where only pip is missing from a virtual environment', () => {
    const inside = system('ID=debian\n', { env: { VIRTUAL_ENV: '/home/me/venv' } });
    expect(commandFor(['pip'], inside)).toBe('python3 -m ensurepip --upgrade');
  });
});

describe('a machine that TensorFlow cannot load on', () => {
  const check = (glibc: string | null, platform: NodeJS.Platform = 'linux') =>
    checkRequirements({ kind: 'cpu', home: '/', env: {}, glibc, system: system('', { platform }) });

  test('has an older C library than its wheels are built for', async () => {
    await expect(check('2.9')).rejects.toThrow('needs glibc 2.27 or newer, and this system has 2.9');
  });

  test('has another C library', async () => {
    await expect(check(null)).rejects.toThrow('musl');
  });

  test('is a Windows', async () => {
    await expect(check(null, 'win32')).rejects.toThrow('no native engine for win32');
  });
});

describe('why an addon does not load', () => {
  test.each([
    [
      'Error: libtensorflow_cc.so.2: cannot open shared object file: No such file or directory',
      /library libtensorflow_cc\.so\.2 is not found/,
    ],
    ["/lib/libm.so.6: version `GLIBC_2.35' not found (required by /x.node)", /need GLIBC_2\.35/],
    ["libstdc++.so.6: version `GLIBCXX_3.4.30' not found", /need GLIBCXX_3\.4\.30/],
    ['was compiled against a different Node.js version using NODE_MODULE_VERSION 108.', /another Node\.js/],
    ['Error: /x/tfjs_binding.node: file too short', /damaged or for another processor/],
    ['Error: /x/tfjs_binding.node: cannot open shared object file: No such file', /damaged or for another processor/],
    ['Error: /x.node: undefined symbol: TFE_NewContext', /lacks TFE_NewContext/],
    ['it was killed by SIGBUS', /cut short/],
    ['it was killed by SIGILL', /AVX/],
  ])('%s', (said, reason) => {
    const failure = explainLoadFailure('cpu-2.21.0', said);
    expect(failure.reason).toMatch(reason);
    expect(failure.hint).toMatch(/growbench engine remove cpu-2\.21\.0|engine: wasm/);
  });

  test('of a stock npm package is mended by one of ours', () => {
    const { hint } = explainLoadFailure('@tensorflow/tfjs-node', 'it was killed by SIGBUS');
    expect(hint).toBe('Build it anew: growbench engine install');
  });

  test('is its last words where they are not known, and never the stack', () => {
    const said = 'Error: the moon is full\n    at Object.<anonymous> (x.js:1:7)\n\nNode.js v20.0.0\n';
    expect(explainLoadFailure('x', said).reason).toBe('Error: the moon is full');
    const chatter = 'I0000 00:00:1795524533.121864   22042 port.cc:153] oneDNN custom operations are on.\n';
    expect(explainLoadFailure('x', said + chatter).reason).toBe('Error: the moon is full');
  });
});

test('the home is GROWBENCH_HOME, else the cache folder of the user', () => {
  expect(growbenchHome({ GROWBENCH_HOME: '/fast/disk' })).toBe('/fast/disk');
  expect(growbenchHome({ XDG_CACHE_HOME: '/cache' }, 'linux')).toBe('/cache/growbench');
  expect(growbenchHome({ XDG_CACHE_HOME: 'relative', GROWBENCH_HOME: '' }, 'linux')).toMatch(/\/\.cache\/growbench$/);
  expect(growbenchHome({ XDG_CACHE_HOME: '/cache' }, 'darwin')).toMatch(/\/Library\/Caches\/growbench$/);
});
