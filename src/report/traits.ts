import type { CellRecord, CellResult } from '../run/record.ts';

/** What tells of traits: a cell's record, or part of what `results.meta.json` says of all cells. */
export interface Evidence {
  readonly engine?: CellRecord['engine'];
  readonly machine?: CellRecord['machine'];
  readonly result?: {
    readonly corpus?: CellResult['corpus'];
    readonly tasks?: Readonly<Record<string, { readonly version: number }>>;
  } | null;
}

/** Something that cells which are compared must share, unless a sweep varies it on purpose. */
export interface Trait {
  readonly name: string;
  /** Null where the evidence does not tell. */
  readonly of: (evidence: Evidence) => string | null;
  /** Whether it decides losses and scores, not times and last bits alone. */
  readonly decides: boolean;
}

/** All that makes numbers comparable and is not a setting. A new one is a line here. */
export const TRAITS: readonly Trait[] = [
  { name: 'engine', decides: true, of: ({ engine }) => engine?.name ?? null },
  { name: 'device', decides: false, of: ({ engine }) => engine?.device ?? null },
  { name: 'package versions', decides: true, of: ({ engine }) => (engine ? listed(engine.versions) : null) },
  { name: 'processor', decides: false, of: ({ machine }) => machine?.cpu ?? null },
  { name: 'Node version', decides: false, of: ({ machine }) => machine?.node ?? null },
  { name: 'corpus', decides: true, of: ({ result }) => result?.corpus?.digest ?? null },
  {
    name: 'task versions',
    decides: true,
    of: ({ result }) => {
      const versions = taskVersions(result?.tasks ?? {});
      return Object.keys(versions).length === 0 ? null : listed(versions);
    },
  },
];

/** The version of each task. */
export const taskVersions = (tasks: NonNullable<NonNullable<Evidence['result']>['tasks']>): Record<string, number> =>
  Object.fromEntries(Object.entries(tasks).map(([task, { version }]) => [task, version]));

const listed = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
