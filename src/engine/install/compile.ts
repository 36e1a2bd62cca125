import { mkdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { UserError } from '../../errors.ts';
import { unknownAmounts, withHeartbeat, type OnEvent } from './events.ts';
import type { Environment } from './home.ts';
import { kernelSources } from './kernel-sources.ts';
import { ADDON_PATH, LIBRARIES, NODE_HEADERS, PACKAGE_FOLDER, WHEELS_FOLDER } from './release.ts';
import { lastLines, runTool } from './tool.ts';

export interface CompileOptions {
  /** The compiler's command and its own leading arguments. */
  readonly compiler: readonly string[];
  readonly env: Environment;
  readonly signal: AbortSignal;
  readonly onEvent: OnEvent;
}

/**
 * Compiles tfjs-node's addon and our kernels in an engine's folder against the TensorFlow beside it, by one compiler
 * call. They use only Node's and TensorFlow's stable C interfaces, so one build serves every Node; its libraries are found relative to itself, so the folder
 * may be moved. Throws a UserError with the compiler's last lines.
 */
export async function compileAddon(folder: string, options: CompileOptions): Promise<void> {
  const [command, ...leading] = options.compiler;
  await mkdir(dirname(join(folder, ADDON_PATH)), { recursive: true });
  const work = runTool(command!, [...leading, ...compilerArguments()], {
    env: options.env,
    cwd: folder,
    signal: options.signal,
  });
  const { code, output } = await withHeartbeat(options.onEvent, 'compiling the addon', unknownAmounts, work);
  if (code === 0) return;
  throw new UserError(
    `the C++ compiler (${options.compiler.join(' ')}) could not build the addon:\n${lastLines(output, 12)}`,
    'It must know C++17 (GCC 8, Clang 7 or newer); another one is named by CXX=COMMAND.',
  );
}

/** All paths are relative to the engine's folder. */
function compilerArguments(): string[] {
  const tensorflow = join(WHEELS_FOLDER, 'tensorflow');
  const fromAddon = relative(dirname(ADDON_PATH), tensorflow);
  const system =
    process.platform === 'darwin'
      ? ['-undefined', 'dynamic_lookup', `-Wl,-rpath,@loader_path/${fromAddon}`]
      : [`-Wl,-rpath,$ORIGIN/${fromAddon}`];
  return [
    ...['-O3', '-w', '-shared', '-fPIC', '-std=c++17', '-DNAPI_VERSION=8', '-pthread'],
    // Without these the kernels' loops are not turned into vector instructions.
    ...['-fopenmp-simd', '-fno-math-errno', '-fno-trapping-math'],
    ...['-I', `node_modules/${NODE_HEADERS.name}/include`, '-I', PACKAGE_FOLDER, '-I', join(tensorflow, 'include')],
    ...['tfjs_backend.cc', 'tfjs_binding.cc'].map((file) => join(PACKAGE_FOLDER, 'binding', file)),
    ...kernelSources(),
    ...LIBRARIES.map((library) => join(tensorflow, library)),
    ...system,
    ...['-o', ADDON_PATH],
  ];
}
