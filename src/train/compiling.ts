import type { CompileOptions } from '../engine/engine.ts';
import type { Cell } from '../run/spec.ts';
import { usesXla } from '../run/xla.ts';

/** How a program of a cell is compiled whose training step is planned to run `steps` times. */
export const compilingOf = ({ settings, engine }: Cell, steps: number): CompileOptions => ({
  precision: settings.train.precision,
  xla: usesXla(engine, steps),
});
