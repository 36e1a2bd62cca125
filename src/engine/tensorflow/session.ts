import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Binding, Values } from './backend.ts';
import { savedModel, TAG, type Node } from './graph.ts';

/** Numbers to feed to a node. */
export interface Fed {
  readonly node: string;
  readonly dtype: number;
  readonly shape: readonly number[];
  readonly values: Values;
}

/** A loaded graph with variables of its own. */
export interface Session {
  /** Feeds some nodes and gives what others compute, row-major. Throws what TensorFlow says. */
  run(feeds: readonly Fed[], fetches: readonly string[]): Fetched[];
  dispose(): void;
}

export interface Fetched {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Loads a graph. It passes through a file, of a name never used before: TensorFlow remembers what it has loaded. */
export function openSession(binding: Binding, nodes: readonly Node[]): Session {
  const folder = mkdtempSync(join(tmpdir(), 'growbench-graph-'));
  try {
    mkdirSync(join(folder, 'variables'));
    writeFileSync(join(folder, 'saved_model.pb'), savedModel(nodes));
    const id = binding.loadSavedModel(folder, TAG);
    return {
      run: (feeds, fetches) => run(binding, id, feeds, fetches),
      dispose: () => {
        binding.deleteSavedModel(id);
      },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(binding: Binding, session: number, feeds: readonly Fed[], fetches: readonly string[]): Fetched[] {
  const ids = feeds.map(({ shape, dtype, values }) => binding.createTensor(shape, dtype, values));
  try {
    const output = (node: string) => `${node}:0`;
    const names = feeds.map(({ node }) => output(node)).join(',');
    return binding.runSavedModel(session, ids, names, fetches.map(output).join(',')).map(({ id, shape }) => {
      const values = binding.tensorDataSync(id);
      binding.deleteTensor(id);
      return { shape, values: values instanceof Float32Array ? values : Float32Array.from(values) };
    });
  } finally {
    for (const id of ids) binding.deleteTensor(id);
  }
}
