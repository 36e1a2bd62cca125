import { createHash } from 'node:crypto';
import { UNREDUCED, type Dimension, type ModelShape } from '../growth/layout.ts';
import type { GrowthPolicy } from '../growth/policy.ts';
import type { Schedule } from '../growth/schedule.ts';

/** Everything that decides what a cell computes, apart from its seed. Nothing in it is optional or relative. */
export interface Settings {
  readonly model: {
    readonly layers: number;
    readonly hidden: number;
    readonly heads: number;
    readonly ffn: number;
    readonly positions: number;
    readonly norm: 'post' | 'pre';
    /** `std` of every kernel and table; `positions`: drawn like the rest, or started as sinusoids (and trained all the same). */
    readonly init: { readonly std: number; readonly positions: 'random' | 'sinusoidal' };
    readonly dropout: number;
  };
  readonly data: {
    /** Names of shipped corpora, or absolute paths of .txt and .jsonl files. */
    readonly corpus: readonly string[];
    /** Entries of the vocabulary in use, special tokens included. */
    readonly vocab: number;
    /** Tokens of a pre-training sequence, [CLS] and [SEP] included. */
    readonly length: number;
    /** Share of a sequence's tokens that is masked. */
    readonly mask: number;
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
    /** Steps between two measurements of the validation loss. */
    readonly evaluate: number;
  };
  /** What holds at every growth; a stage of the schedule may depart from it. */
  readonly growth: GrowthPolicy;
  readonly finetune: {
    readonly tasks: readonly string[];
    /** Training examples of a task at most; null takes all. */
    readonly examples: number | null;
    readonly epochs: number;
    readonly batch: number;
    readonly rate: number;
    /** Tokens of a fine-tuning sequence; longer texts are cut. */
    readonly length: number;
    /** Share of the fine-tuning steps spent in linear warm-up. */
    readonly warmup: number;
  };
  readonly schedule: Schedule;
}

/** What an arm is about: the dimension it grows in, several at once, or a reference to compare with. */
export type ArmGroup = Dimension | 'baseline' | 'compound' | 'control' | 'other';

/** One schedule or setting under test. */
export interface Arm {
  readonly name: string;
  readonly group: ArmGroup;
  readonly settings: Settings;
}

/** A sweep after loading: the arms of a controlled comparison; the first is the baseline. */
export interface Comparison {
  /** The sweep file's name without its ending; names the results folder. */
  readonly name: string;
  /** The first comment of the file, or empty. */
  readonly question: string;
  readonly seeds: readonly number[];
  readonly vary: readonly string[];
  readonly engine: EngineName;
  readonly arms: readonly Arm[];
  /** SHA-256 of every text file that the arms read, by path (run/contents.ts). */
  readonly contents: Readonly<Record<string, string>>;
}

/** One arm with one seed: what a worker is handed. */
export interface Cell {
  readonly id: string;
  readonly arm: string;
  readonly seed: number;
  readonly settings: Settings;
}

/** Every cell, seed by seed, so that slow drift of the machine hits all arms alike. */
export function cellsOf({ arms, seeds, contents, engine }: Comparison): Cell[] {
  return seeds.flatMap((seed) =>
    arms.map(({ name, settings }) => ({
      id: cellId({ settings, seed, engine, contents }),
      arm: name,
      seed,
      settings,
    })),
  );
}

/** Bump when the trainer changes what the same settings compute, so that old records are not taken for new ones. */
export const SETTINGS_VERSION = 1;

/** What carries out the training: the same numbers come from the same engine only, so a cell is named by it too. */
export type EngineName = 'wasm' | 'tensorflow';

/** All that decides a cell's numbers. */
export interface CellIdentity {
  readonly settings: Settings;
  readonly seed: number;
  readonly engine: EngineName;
  readonly contents: Comparison['contents'];
}

/** Names a cell by what it computes, so that a finished cell is found again whatever its arm is called. */
export function cellId({ settings, seed, engine, contents }: CellIdentity): string {
  const corpus = settings.data.corpus.map((entry) => contents[entry] ?? entry);
  const identity = {
    version: SETTINGS_VERSION,
    engine,
    seed,
    settings: { ...settings, data: { ...settings.data, corpus } },
  };
  return createHash('sha256').update(canonical(identity)).digest('hex').slice(0, 12);
}

/** JSON with sorted keys: equal values give equal text. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
}

/** The full-size model that a cell ends with. */
export function targetShape({ model, data }: Settings): ModelShape {
  const { layers, hidden, heads, ffn, positions, norm } = model;
  return { layers, hidden, heads, ffn, positions, norm, vocab: data.vocab, length: data.length, ...UNREDUCED };
}

/** Masked tokens of a sequence of `length` tokens: at least one. */
export const maskedTokens = (length: number, share: number): number => Math.max(1, Math.round(length * share));
