import type { HostTensor, HostTensors } from '../engine/engine.ts';
import type { Recipe } from '../growth/recipe.ts';
import { evaluateRecipe, type NoiseForm, type Operations } from './evaluate-recipe.ts';
import type { Fresh } from './init.ts';

/**
 * Carries a recipe out: the one place where growth meets numbers. On plain arrays rather than in tensor operations,
 * because it runs once per growth and its results are then the same to the last bit on every engine. What is learned
 * has the values that it starts from (train/grown-tensors.ts has those of tensors).
 * Throws where the recipe does not fit the source: a bug in an operator.
 */
export function applyRecipe(recipe: Recipe, source: HostTensors, fresh: Fresh): HostTensors {
  const sizes = new Map([...source].map(([name, { shape }]) => [name, shape]));
  return evaluateRecipe(recipe, sizes, {
    ...ARRAYS,
    copy: (name) => source.get(name)!,
    drawn: (kind, name, shape) => ({ shape, values: fresh(kind, name, shape) }),
  });
}

/** The operations of recipes on plain arrays. */
const ARRAYS: Omit<Operations<HostTensor>, 'copy' | 'drawn'> = {
  take,
  scale,
  scaleAxis,
  concat,
  fill: (value, shape) => ({ shape, values: new Float32Array(size(shape)).fill(value) }),
  matmul,
  blockDiagonal,
  mean: meanAlong,
  noise: withNoise,
  map: (tensor, axis, { index }) => take(tensor, axis, index),
  mix: (parts, { index }, column) => parts[index[column]!]!,
};

const size = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);

/** A tensor as [before, axis, after]: `after` numbers lie together. */
function aroundAxis({ shape }: HostTensor, axis: number): { before: number; along: number; after: number } {
  const along = shape[axis];
  if (along === undefined) throw new Error(`axis ${axis} is not one of [${shape.join(', ')}]`);
  return { before: size(shape.slice(0, axis)), along, after: size(shape.slice(axis + 1)) };
}

function take(tensor: HostTensor, axis: number, index: readonly number[]): HostTensor {
  const { before, along, after } = aroundAxis(tensor, axis);
  const outside = index.find((i) => i < 0 || i >= along);
  if (outside !== undefined) throw new Error(`index ${outside} is outside an axis of ${along}`);
  const values = new Float32Array(before * index.length * after);
  for (let row = 0; row < before; row += 1) {
    for (const [to, from] of index.entries()) {
      const start = (row * along + from) * after;
      values.set(tensor.values.subarray(start, start + after), (row * index.length + to) * after);
    }
  }
  return { shape: tensor.shape.with(axis, index.length), values };
}

// Loops rather than map and from: those call a function for every number, of which there are hundreds of millions.

function scale(tensor: HostTensor, by: number): HostTensor {
  const values = new Float32Array(tensor.values);
  for (let i = 0; i < values.length; i += 1) values[i]! *= by;
  return { shape: tensor.shape, values };
}

function scaleAxis(tensor: HostTensor, axis: number, by: readonly number[]): HostTensor {
  const { before, along, after } = aroundAxis(tensor, axis);
  if (by.length !== along) throw new Error(`${by.length} factors for an axis of ${along}`);
  const values = new Float32Array(tensor.values);
  let at = 0;
  for (let row = 0; row < before; row += 1) {
    for (const factor of by) for (const end = at + after; at < end; at += 1) values[at]! *= factor;
  }
  return { shape: tensor.shape, values };
}

function concat(parts: readonly HostTensor[], axis: number): HostTensor {
  const [first] = parts;
  if (first === undefined) throw new Error('concat of nothing');
  const { before } = aroundAxis(first, axis);
  const along = parts.reduce((sum, part) => sum + aroundAxis(part, axis).along, 0);
  const shape = first.shape.with(axis, along);
  const values = new Float32Array(size(shape));
  let at = 0;
  for (let row = 0; row < before; row += 1) {
    for (const part of parts) {
      const run = part.values.length / before;
      values.set(part.values.subarray(row * run, (row + 1) * run), at);
      at += run;
    }
  }
  return { shape, values };
}

function blockDiagonal({ shape, values }: HostTensor, count: number): HostTensor {
  const [rows, columns] = shape as [number, number];
  const wide = new Float32Array(rows * columns * count * count);
  for (let row = 0; row < rows * count; row += 1) {
    const start = (row % rows) * columns;
    const block = Math.floor(row / rows);
    wide.set(values.subarray(start, start + columns), (row * count + block) * columns);
  }
  return { shape: [rows * count, columns * count], values: wide };
}

function meanAlong(tensor: HostTensor, axis: number): HostTensor {
  const { before, along, after } = aroundAxis(tensor, axis);
  const values = Float32Array.from({ length: before * after }, (_, index) => {
    const start = Math.floor(index / after) * along * after + (index % after);
    let sum = 0;
    for (let i = 0; i < along; i += 1) sum += tensor.values[start + i * after]!;
    return sum / along;
  });
  return { shape: tensor.shape.with(axis, 1), values };
}

function withNoise(tensor: HostTensor, drawn: HostTensor, { axis, groups, deviation }: NoiseForm): HostTensor {
  const { shape, values } = tensor;
  const power = values.reduce((sum, value) => sum + value ** 2, 0) / Math.max(1, values.length);
  const noise = lessGroupMeans(drawn, axis, groups);
  const by = deviation * Math.sqrt(power);
  return { shape, values: values.map((value, index) => value + by * noise.values[index]!) };
}

/** Less the mean over the slices of each group, at every place of a slice. */
function lessGroupMeans(tensor: HostTensor, axis: number, groups: readonly number[]): HostTensor {
  const names = [...new Set(groups)];
  const own = groups.map((group) => names.indexOf(group));
  const sizes = names.map((name) => groups.filter((group) => group === name).length);
  const { before, along, after } = aroundAxis(tensor, axis);
  const values = Float32Array.from(tensor.values);
  for (let row = 0; row < before; row += 1) {
    for (let place = 0; place < after; place += 1) {
      const at = (slice: number) => (row * along + slice) * after + place;
      const sums = new Float64Array(names.length);
      for (let slice = 0; slice < along; slice += 1) sums[own[slice]!]! += values[at(slice)]!;
      for (let slice = 0; slice < along; slice += 1) values[at(slice)]! -= sums[own[slice]!]! / sizes[own[slice]!]!;
    }
  }
  return { shape: tensor.shape, values };
}

function matmul(left: HostTensor, right: HostTensor): HostTensor {
  const [rows, inner] = left.shape as [number, number];
  const columns = right.shape[1]!;
  const values = new Float32Array(rows * columns);
  // In double precision, a row at a time: the right side is then read along its rows.
  const sums = new Float64Array(columns);
  for (let row = 0; row < rows; row += 1) {
    sums.fill(0);
    for (let i = 0; i < inner; i += 1) {
      const factor = left.values[row * inner + i]!;
      for (let column = 0; column < columns; column += 1) sums[column]! += factor * right.values[i * columns + column]!;
    }
    values.set(sums, row * columns);
  }
  return { shape: [rows, columns], values };
}
