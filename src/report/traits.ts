import type { CellRecord } from '../run/record.ts';

/** Something that cells which are compared must share, unless a sweep varies it on purpose. */
export interface Trait {
  readonly name: string;
  /** Null where a record does not tell. */
  readonly of: (record: CellRecord) => string | null;
  /** Whether it decides losses and scores, not times and last bits alone. */
  readonly decides: boolean;
}

/** All that makes numbers comparable and is not a setting. A new one is a line here. */
export const TRAITS: readonly Trait[] = [
  { name: 'engine', decides: true, of: ({ engine }) => engine?.name ?? null },
  { name: 'device', decides: false, of: ({ engine }) => engine?.device ?? null },
  { name: 'package versions', decides: true, of: ({ engine }) => engine && listed(engine.versions) },
  { name: 'processor', decides: false, of: ({ machine }) => machine.cpu },
  { name: 'Node version', decides: false, of: ({ machine }) => machine.node },
  { name: 'corpus', decides: true, of: ({ result }) => result?.corpus.digest ?? null },
  {
    name: 'task versions',
    decides: true,
    of: ({ result }) => {
      const versions = Object.entries(result?.tasks ?? {}).map(([task, { version }]) => [task, version] as const);
      return versions.length === 0 ? null : listed(Object.fromEntries(versions));
    },
  },
];

const listed = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
