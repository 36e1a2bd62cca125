import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { Engine } from './engine.ts';
import { inspectEngines, type UnusableEngine } from './install/find.ts';
import { growbenchHome, type Environment } from './install/home.ts';
import type { EngineKind } from './install/manifest.ts';

/** A tfjs-node that may be loaded, and what it would be as an engine. */
export interface Candidate {
  /** As doctor lists it: `cpu-2.21.0`, or the name of the npm package. */
  readonly label: string;
  readonly name: Exclude<Engine['name'], 'wasm'>;
  /** The path of its main module. */
  readonly entry: string;
}

/** A tfjs-node of this machine, wherever it came from. */
export interface NativeBuild {
  readonly label: string;
  readonly kind: EngineKind;
  readonly folder: string;
  readonly entry: string;
}

/** The package as npm installs it, with the TensorFlow it downloads. Rarely there: its download does not reach everyone. */
const STOCK: readonly (readonly [name: string, kind: EngineKind])[] = [
  ['@tensorflow/tfjs-node-gpu', 'cuda'],
  ['@tensorflow/tfjs-node', 'cpu'],
];

/**
 * The builds that may be loaded, those of `growbench engine install` before the stock packages, and the folders that
 * hold none that is whole. Whether one loads is not tried.
 */
export function nativeBuilds(env: Environment): {
  readonly builds: readonly NativeBuild[];
  readonly unusable: readonly UnusableEngine[];
} {
  const { engines, unusable } = inspectEngines(growbenchHome(env));
  const installed = engines.map(({ name, kind, folder, entry }) => ({ label: name, kind, folder, entry }));
  return { builds: [...installed, ...stockBuilds()], unusable };
}

function stockBuilds(): NativeBuild[] {
  const { resolve } = createRequire(import.meta.url);
  return STOCK.flatMap(([label, kind]) => {
    try {
      const entry = resolve(label);
      return [{ label, kind, folder: dirname(dirname(entry)), entry }];
    } catch {
      // Not installed: the ordinary case.
      return [];
    }
  });
}

/**
 * What these builds can be, best first: on a card where there is one, then builds for the CPU, and last a build for
 * CUDA that computes on the CPU. Without a card a build for CUDA is only that.
 */
export function candidates(builds: readonly NativeBuild[], card: boolean): Candidate[] {
  const as = (name: Candidate['name'], kind: EngineKind) =>
    builds.filter((build) => build.kind === kind).map(({ label, entry }) => ({ label, name, entry }));
  return [...(card ? as('cuda', 'cuda') : []), ...as('tensorflow', 'cpu'), ...as('tensorflow', 'cuda')];
}
