import type { DataFolders } from './task-files.ts';

/** What a user's folder holds for one task. */
export interface TaskData {
  readonly task: string;
  /** As the task names them; empty where one of them is not there. */
  readonly files: readonly string[];
  /** Numbers of examples; null where they cannot be read. */
  readonly train: number | null;
  readonly test: number | null;
  /** Lines and questions that were left out. */
  readonly warnings: readonly string[];
  /** Why there are no examples; null where there are. */
  readonly problem: string | null;
}

/** Reads the data of every task that the folders may hold, one by one. A file that cannot be read is a problem, no error. */
export type DataChecker = (folders: DataFolders) => Promise<readonly TaskData[]>;
