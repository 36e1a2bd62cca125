import { createHash } from 'node:crypto';
import type { HostTensor, HostTensors } from '../engine/engine.ts';
import { dims, layout, type ModelShape, type ParameterKind } from '../growth/layout.ts';
import type { Settings } from '../run/spec.ts';
import { philox } from '../text/random.ts';

/** Settings of a new model's numbers. */
export type InitSettings = Pick<Settings['model']['init'], 'std' | 'positions'>;

/**
 * A new model, a function of (seed, parameter name): a deeper model with the same seed starts with the same numbers in
 * the parameters that both have. What is `given` is not drawn.
 */
export function initialState(
  shape: ModelShape,
  settings: InitSettings,
  seed: number,
  given: HostTensors = new Map(),
): HostTensors {
  const fresh = freshParameter(settings, seed);
  return new Map(
    layout(shape).map((parameter): [string, HostTensor] => {
      const size = dims(parameter, shape);
      const drawn = () => ({ shape: size, values: fresh(parameter.kind, parameter.name, size) });
      return [parameter.name, given.get(parameter.name) ?? drawn()];
    }),
  );
}

/** How a parameter that no trained one is the model for starts; `normal` is standard normal noise. */
export type Fresh = (kind: ParameterKind | 'normal', name: string, size: readonly number[]) => Float32Array;

/**
 * Kernels and tables are normal with the setting's `std`, cut at two of it (as in BERT's released code; the numbers
 * that remain have a standard deviation of 0.88 std). Biases are 0, gains 1. The position table is drawn like the rest
 * or starts as sinusoids of amplitude 1.6 std and base 100; it is trained all the same.
 */
export function freshParameter({ std, positions }: InitSettings, seed: number): Fresh {
  return (kind, name, size) => {
    switch (kind) {
      case 'bias':
        return new Float32Array(count(size));
      case 'gain':
        return new Float32Array(count(size)).fill(1);
      case 'normal':
        return standardNormal(count(size), seed, name);
      case 'kernel':
        return truncatedNormal(count(size), std, seed, name);
      case 'table':
        return name === 'embedding/positions' && positions === 'sinusoidal'
          ? sinusoids(size[0]!, size[1]!, AMPLITUDE * std)
          : truncatedNormal(count(size), std, seed, name);
    }
  };
}

/** In units of `std`: the waves' root mean square is then 1.13 std, so that positions weigh as much as tokens. */
const AMPLITUDE = 1.6;
/** Longest wavelength 2π·100 tokens: sequences here are short, and slower waves would look constant. */
const BASE = 100;

/** Sine and cosine halves of every frequency side by side (Vaswani et al. 2017, section 3.5), [positions * hidden]. */
function sinusoids(positions: number, hidden: number, amplitude: number): Float32Array {
  return Float32Array.from({ length: positions * hidden }, (_, index) => {
    const position = Math.floor(index / hidden);
    const unit = index % hidden;
    const angle = position / BASE ** ((unit - (unit % 2)) / hidden);
    return amplitude * (unit % 2 === 0 ? Math.sin(angle) : Math.cos(angle));
  });
}

const count = (size: readonly number[]): number => size.reduce((a, b) => a * b, 1);

/** Draws beyond this many standard deviations are drawn again. */
const CUT = 2;

function truncatedNormal(length: number, std: number, seed: number, name: string): Float32Array {
  const normal = normals(seed, name);
  return Float32Array.from({ length }, () => {
    let value = normal();
    while (Math.abs(value) > CUT) value = normal();
    return std * value;
  });
}

function standardNormal(length: number, seed: number, name: string): Float32Array {
  const normal = normals(seed, name);
  return Float32Array.from({ length }, () => normal());
}

/** Standard normal numbers by Box and Muller (1958), from a stream named by (seed, name). */
function normals(seed: number, name: string): () => number {
  const digest = createHash('sha256').update(name).digest();
  const key = [seed >>> 0, Math.floor(seed / 0x100000000) >>> 0] as const;
  const stream = [digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8)] as const;
  let number = 0;
  let ready: number[] = [];
  return () => {
    if (ready.length === 0) {
      const words = philox(key, [number, ...stream]);
      ready = [...pair(words[0], words[1]), ...pair(words[2], words[3])];
      number += 1;
    }
    return ready.pop()!;
  };
}

/** Two independent standard normal numbers from two uniform 32-bit ones. */
function pair(a: number, b: number): [number, number] {
  // Half a step up, since the logarithm of 0 is not a number one can use.
  const radius = Math.sqrt(-2 * Math.log((a + 0.5) / 0x100000000));
  const angle = (2 * Math.PI * b) / 0x100000000;
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}
