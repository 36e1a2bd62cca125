import { availableParallelism, cpus } from 'node:os';
import type { CellRecord } from './record.ts';

/** Where a cell was run: what may explain a difference in time, and nothing that names a person's computer. */
export function machine(): CellRecord['machine'] {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
  };
}
