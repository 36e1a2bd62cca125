import { UserError } from '../../errors.ts';
import type { Environment } from './home.ts';
import type { EngineKind } from './manifest.ts';
import { freeSpace, noSpace } from './space.ts';
import { commandFor, describeNeeds, thisSystem, type Need, type System } from './system.ts';
import { glibcVersion } from './tags.ts';
import { runTool } from './tool.ts';

/** The tools of the machine that an install calls. */
export interface Toolchain {
  readonly python: string;
  /** The command and its own leading arguments. */
  readonly compiler: readonly string[];
  /** The first line of its `--version`. */
  readonly compilerVersion: string;
}

/** Downloads, what is unpacked from them and npm's packages, at their highest together, measured with 2.21. */
const SPACE: Readonly<Record<EngineKind, number>> = { cpu: 2.2e9, cuda: 14e9 };

/** The oldest C library that the wheels of TensorFlow from 2.21 on (manylinux_2_27) load with. */
const OLDEST_GLIBC = '2.27';

export interface Requirements {
  readonly kind: EngineKind;
  readonly home: string;
  readonly env: Environment;
  readonly system?: System;
  readonly glibc?: string | null;
}

/** Finds everything that an install would fail for, before anything is downloaded. Throws one UserError for all. */
export async function checkRequirements(requirements: Requirements): Promise<Toolchain> {
  const { kind, home, env } = requirements;
  const system = requirements.system ?? thisSystem(env);
  checkPlatform(kind, system.platform, requirements.glibc === undefined ? glibcVersion() : requirements.glibc);
  const [python, npm, compiler] = await Promise.all([findPython(env), answers('npm', [], env), findCompiler(env)]);
  const missing: Need[] = [];
  if (python === null) missing.push('python3', 'pip');
  else if (!(await answers(python, ['-m', 'pip'], env))) missing.push('pip');
  if (!npm) missing.push('npm');
  if (compiler === null) missing.push('compiler');
  if (python === null || compiler === null || missing.length > 0) {
    throw new UserError(
      `this machine lacks ${describeNeeds(missing)}, which building the engine needs`,
      `Bring it with: ${commandFor(missing, system)}`,
    );
  }
  if (freeSpace(home) < SPACE[kind]) throw noSpace(home, SPACE[kind]);
  return { python, compiler: compiler.command, compilerVersion: compiler.version };
}

function checkPlatform(kind: EngineKind, platform: NodeJS.Platform, glibc: string | null): void {
  const stay = 'The wasm engine works here without any of this (engine: wasm).';
  const supported = platform === 'linux' || (platform === 'darwin' && process.arch === 'arm64');
  if (!supported || !['x64', 'arm64'].includes(process.arch)) {
    throw new UserError(`there is no native engine for ${platform} on ${process.arch}`, stay);
  }
  if (kind === 'cuda' && (platform !== 'linux' || process.arch !== 'x64')) {
    throw new UserError(
      'TensorFlow has CUDA only for Linux on x64',
      'Install the CPU engine: growbench engine install --cpu',
    );
  }
  if (platform !== 'linux') return;
  if (glibc === null) {
    throw new UserError('TensorFlow needs the GNU C library (glibc), and this system has another (musl?)', stay);
  }
  if (glibc.localeCompare(OLDEST_GLIBC, 'en', { numeric: true }) < 0) {
    throw new UserError(
      `TensorFlow needs glibc ${OLDEST_GLIBC} or newer, and this system has ${glibc}`,
      `Use a newer system or a container of one. ${stay}`,
    );
  }
}

async function findPython(env: Environment): Promise<string | null> {
  for (const command of ['python3', 'python']) {
    const { code, output } = await runTool(command, ['--version'], { env });
    if (code === 0 && output.startsWith('Python 3')) return command;
  }
  return null;
}

async function findCompiler(env: Environment): Promise<{ command: readonly string[]; version: string } | null> {
  const own = env.CXX?.trim();
  const candidates = own === undefined || own === '' ? ['c++', 'g++', 'clang++'] : [own];
  for (const candidate of candidates) {
    const command = candidate.split(/\s+/);
    const { code, output } = await runTool(command[0]!, [...command.slice(1), '--version'], { env });
    if (code === 0) return { command, version: output.split('\n')[0]! };
  }
  return null;
}

async function answers(command: string, args: readonly string[], env: Environment): Promise<boolean> {
  return (await runTool(command, [...args, '--version'], { env })).code === 0;
}
