import { createHash } from 'node:crypto';
import { UNREDUCED, type Dimension, type ModelShape } from '../growth/layout.ts';
import type { GrowthPolicy } from '../growth/policy.ts';
import type { Schedule } from '../growth/schedule.ts';
import type { Protocol } from './protocol.ts';
import { dataKey, taskVersion } from './task-files.ts';

/**
 * Everything that decides what a cell computes, apart from its seed. Nothing in it is relative, and what is left out is
 * not there: it has no default.
 */
export interface Settings {
  readonly model: {
    readonly layers: number;
    readonly hidden: number;
    readonly heads: number;
    readonly ffn: number;
    readonly positions: number;
    readonly norm: 'post' | 'pre';
    /** `std` of every kernel and table; `positions`: drawn like the rest, or started as sinusoids (and trained all the same). */
    readonly init: {
      readonly std: number;
      readonly positions: 'random' | 'sinusoidal';
      /** Absolute path of the folder that the first stage's model is read from, its vocabulary with it. */
      readonly checkpoint?: string;
    };
    readonly dropout: number;
  };
  readonly data: {
    /** Names of shipped corpora, or absolute paths of files of text. */
    readonly corpus: readonly string[];
    /** Absolute path of the user's vocabulary; left out where it is the shipped one. */
    readonly vocabulary?: string;
    /** Entries of the vocabulary in use, special tokens included. */
    readonly vocab: number;
    /** Tokens of a pre-training sequence, [CLS] and [SEP] included. */
    readonly length: number;
    /** Share of a sequence's tokens that is masked. */
    readonly mask: number;
    /** Sequences are pairs of texts, and a second head learns to tell whether one follows the other; else packed text. */
    readonly pairs?: 'nsp';
    /** Absolute paths of the folders of the user's data sets; those of which no task is wanted may be left out. */
    readonly glue?: string;
    readonly squad?: string;
  };
  readonly train: {
    readonly steps: number;
    readonly batch: number;
    /** Peak learning rate. */
    readonly rate: number;
    /** Steps of linear warm-up; linear decay to 0 follows. */
    readonly warmup: number;
    /** AdamW's decoupled decay; none on biases and norms. */
    readonly decay: number;
    /** Largest global gradient norm. */
    readonly clip: number;
    /** How matrices are multiplied, in pre-training and fine-tuning: in single precision, or rounded to bfloat16. */
    readonly precision: 'fp32' | 'bf16';
    /** Steps between two measurements of the validation loss. */
    readonly evaluate: number;
  };
  /** What holds at every growth; a stage of the schedule may depart from it. */
  readonly growth: GrowthPolicy;
  readonly finetune: Protocol & {
    readonly tasks: readonly string[];
    /** What is different for single tasks, by task. */
    readonly overrides?: Readonly<Record<string, Partial<Protocol>>>;
  };
  readonly schedule: Schedule;
}

/** What an arm is about: the dimension it grows in, several at once, or a reference to compare with. */
export type ArmGroup = Dimension | 'baseline' | 'compound' | 'control' | 'other';

/** Where an arm stands in a sweep's grid: the value of every varied setting, and `case`; empty without a grid. */
export type Point = Readonly<Record<string, unknown>>;

/** One schedule or setting under test. */
export interface Arm {
  readonly name: string;
  readonly point: Point;
  readonly group: ArmGroup;
  readonly settings: Settings;
}

/** A sweep after loading: the arms of a controlled comparison, point by point; the first of a point is its baseline. */
export interface Comparison {
  /** The sweep file's name without its ending; names the results folder. */
  readonly name: string;
  /** The first comment of the file, or empty. */
  readonly question: string;
  readonly seeds: readonly number[];
  readonly vary: readonly string[];
  readonly engine: EngineSetting;
  readonly arms: readonly Arm[];
  /** SHA-256 of every text file, vocabulary and checkpoint that the arms read, by path, and of the tasks' data, by dataKey (run/contents.ts). */
  readonly contents: Readonly<Record<string, string>>;
}

/** One arm with one seed: what a worker is handed. */
export interface Cell {
  readonly id: string;
  readonly arm: string;
  readonly seed: number;
  readonly engine: EngineSetting;
  readonly settings: Settings;
}

/** What an arm is called where those of all points are listed: `stack`, or `stack train.rate=0.001`. */
export const armLabel = ({ name, point }: Pick<Arm, 'name' | 'point'>): string =>
  [name, ...Object.entries(point).map(([key, value]) => `${key}=${pointText(value)}`)].join(' ');

/** A value of a point in one word. */
export const pointText = (value: unknown): string => (typeof value === 'string' ? value : canonical(value));

/** Every cell, seed by seed, so that slow drift of the machine hits all arms alike. */
export function cellsOf({ arms, seeds, contents, engine }: Comparison): Cell[] {
  return seeds.flatMap((seed) =>
    arms.map((arm) => ({
      id: cellId({ settings: arm.settings, seed, engine, contents }),
      arm: armLabel(arm),
      seed,
      engine,
      settings: arm.settings,
    })),
  );
}

/** The cells without those that compute the same as an earlier one, in their order. */
export const distinctCells = (cells: readonly Cell[]): Cell[] => {
  const first = new Map(cells.toReversed().map((cell) => [cell.id, cell]));
  return cells.filter((cell) => first.get(cell.id) === cell);
};

/** Bump when the trainer changes what the same settings compute, so that old records are not taken for new ones. */
export const SETTINGS_VERSION = 1;

/**
 * What carries out the training: WebAssembly, TensorFlow on the CPU, or TensorFlow on an NVIDIA card. The same numbers
 * come from the same engine only, so a cell is named by it too.
 */
export type EngineName = 'wasm' | 'tensorflow' | 'cuda';

/** Whether XLA compiles what lies between matrix products; `auto` leaves it to the device and the planned steps (run/xla.ts). */
export type Xla = 'auto' | 'on' | 'off';

export interface EngineSetting {
  readonly name: EngineName;
  readonly xla: Xla;
}

/** All that decides a cell's numbers. */
export interface CellIdentity {
  readonly settings: Settings;
  readonly seed: number;
  readonly engine: EngineSetting;
  readonly contents: Comparison['contents'];
}

/** Names a cell by what it computes, so that a finished cell is found again whatever its arm is called. */
export function cellId({ settings, seed, engine, contents }: CellIdentity): string {
  const keys = settings.finetune.tasks.flatMap((task) => dataKey(task, settings.data) ?? []);
  // Of those that have changed since they were first scored: the others' cells keep their names.
  const versions = settings.finetune.tasks.flatMap((task) =>
    taskVersion(task) > 1 ? [[task, taskVersion(task)]] : [],
  );
  const identity = {
    version: SETTINGS_VERSION,
    engine: engineIdentity(engine),
    seed,
    settings: resolvedSettings(settings, contents),
    ...(keys.length === 0 ? {} : { tasks: keys.map((key) => contents[key] ?? key) }),
    ...(versions.length === 0 ? {} : { versions }),
  };
  return createHash('sha256').update(canonical(identity)).digest('hex').slice(0, 12);
}

/** All of an engine's setting that can change a number: WebAssembly has no XLA. */
export const engineIdentity = (engine: EngineSetting): object =>
  engine.name === 'wasm' ? { name: engine.name } : engine;

/**
 * Settings with what pre-training reads named by what is in it, not by where it lies. The user's data sets are their
 * tasks' to name.
 */
export function resolvedSettings(settings: Settings, contents: Comparison['contents']): Settings {
  const { glue, squad, vocabulary, ...data } = settings.data;
  const { checkpoint, ...init } = settings.model.init;
  const named = (path: string): string => contents[path] ?? path;
  return {
    ...settings,
    model: {
      ...settings.model,
      init: { ...init, ...(checkpoint === undefined ? {} : { checkpoint: named(checkpoint) }) },
    },
    data: {
      ...data,
      corpus: data.corpus.map(named),
      ...(vocabulary === undefined ? {} : { vocabulary: named(vocabulary) }),
    },
  };
}

/** JSON with sorted keys: equal values give equal text. Throws for what JSON would silently make less of: maps, bytes. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const kind: unknown = Object.getPrototypeOf(value);
  if (kind !== Object.prototype && kind !== null) throw new Error('only plain data has a canonical form');
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
}

/** The full-size model that a cell ends with. */
export function targetShape({ model, data }: Settings): ModelShape {
  const { layers, hidden, heads, ffn, positions, norm } = model;
  const sizes = { layers, hidden, heads, ffn, positions, norm, vocab: data.vocab, length: data.length };
  return { ...sizes, ...UNREDUCED, ...(data.pairs === undefined ? {} : { nextSentence: true }) };
}

/** Masked tokens of a sequence of `length` tokens: at least one. */
export const maskedTokens = (length: number, share: number): number => Math.max(1, Math.round(length * share));
