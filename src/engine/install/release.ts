import type { EngineKind } from './manifest.ts';

/** The TensorFlow that growbench is tested with. */
export const DEFAULT_TENSORFLOW = '2.21.0';

/** What npm brings: the package whose addon is compiled, and the headers of Node's C interface for addons. */
export const NODE_PACKAGE = { name: '@tensorflow/tfjs-node-gpu', version: '4.22.0' } as const;
export const NODE_HEADERS = { name: 'node-api-headers', version: '1.9.0' } as const;

/** Inside an engine's folder. */
export const PACKAGE_FOLDER = `node_modules/${NODE_PACKAGE.name}`;
export const PACKAGE_ENTRY = `${PACKAGE_FOLDER}/dist/index.js`;
/** Where the package looks for its addon on every Node since 12.22 (Node-API 8). */
export const ADDON_PATH = `${PACKAGE_FOLDER}/lib/napi-v8/tfjs_binding.node`;
export const WHEELS_FOLDER = 'wheels';

/** The PyPI distribution with this kind's shared libraries; only x86 Linux has one without CUDA. */
export function distribution(kind: EngineKind): 'tensorflow-cpu' | 'tensorflow' {
  return kind === 'cpu' && process.platform === 'linux' && process.arch === 'x64' ? 'tensorflow-cpu' : 'tensorflow';
}

/** The extra of `tensorflow` that requires NVIDIA's libraries. */
export const CUDA_EXTRA = 'and-cuda';

/** TensorFlow's shared libraries, in the order the linker needs them. */
export const LIBRARIES: readonly string[] =
  process.platform === 'darwin'
    ? ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib']
    : ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];

/** TensorFlow's C interface and the one string type it shares with the rest, wherever a version keeps them. */
const HEADERS = /^tensorflow\/include\/(tensorflow\/)?(c\/|(xla\/)?tsl\/c\/|(core|tsl)\/platform\/ctstring).*\.h$/;
const LICENCES = /\.dist-info\/(licenses\/.*|METADATA|LICENSE.*|License.*)$|THIRD_PARTY_NOTICES/;

/** Whether an engine needs this file of TensorFlow's wheel: the Python half of it stays out. */
export function wantedOfTensorFlow(name: string): boolean {
  return LIBRARIES.some((library) => name === `tensorflow/${library}`) || HEADERS.test(name) || LICENCES.test(name);
}

/** Whether an engine needs this file of one of NVIDIA's wheels: libraries, ptxas and libdevice, no headers. */
export function wantedOfNvidia(name: string): boolean {
  return LICENCES.test(name) || (name.startsWith('nvidia/') && !/\/include\/|\.(a|h|py)$/.test(name));
}
