import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { setWasmPaths, version_wasm } from '@tensorflow/tfjs-backend-wasm';
import type { Engine } from './engine.ts';
import { registerGradients } from './gradients/register.ts';
import { memoryOf, openHeap } from './heap.ts';
import { registerHeapKernels } from './kernels/register.ts';
import { checkPrecision } from './precision.ts';
import { openProgram } from './program.ts';
import { loadSimdKernels } from './simd/kernels.ts';

let opened: Promise<Engine> | undefined;

/**
 * The engine that is always there: tfjs's WebAssembly backend on one thread, with our kernels where its own are slow or
 * missing. tfjs keeps one backend per process, so every call gives the same engine. Throws where the processor or the
 * JavaScript engine has no WebAssembly SIMD.
 */
export function openWasm(): Promise<Engine> {
  opened ??= start();
  return opened;
}

async function start(): Promise<Engine> {
  await startBackend();
  registerGradients();
  const backend = tf.backend();
  registerHeapKernels(openHeap(backend, await loadSimdKernels(memoryOf(backend))));
  return {
    name: 'wasm',
    device: 'cpu, WebAssembly SIMD, 1 thread',
    versions: {
      '@tensorflow/tfjs-core': tf.version_core,
      '@tensorflow/tfjs-backend-wasm': version_wasm,
      node: process.versions.node,
    },
    threads: 1,
    repeatable: true,
    compile: (functions, state, options) => {
      checkPrecision(options?.precision ?? 'fp32', 'wasm');
      return Promise.resolve(openProgram(functions, state));
    },
  };
}

async function startBackend(): Promise<void> {
  const before = errorListeners();
  const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(join(dirname(entry), '/'));
  // Threads would make sums depend on their number; growbench runs one process per core instead.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) throw new Error('this Node.js has no WebAssembly SIMD');
  if (!(await tf.setBackend('wasm'))) throw new Error('the WebAssembly backend of tfjs did not start');
  await tf.ready();
  removeNewListeners(before);
}

const ERROR_EVENTS = ['uncaughtException', 'unhandledRejection'] as const;
type Listeners = ReadonlyMap<string, ReadonlySet<unknown>>;

const errorListeners = (): Listeners =>
  new Map(ERROR_EVENTS.map((event) => [event, new Set<unknown>(process.rawListeners(event))]));

/** Emscripten's loader catches the whole process' errors to throw them again from its own code, which hides their origin. */
function removeNewListeners(before: Listeners): void {
  for (const event of ERROR_EVENTS) {
    for (const listener of process.rawListeners(event)) {
      if (!before.get(event)?.has(listener)) process.removeListener(event, listener as (...values: unknown[]) => void);
    }
  }
}
