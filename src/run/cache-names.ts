import { join } from 'node:path';

/** What stands in a cache folder beside what is finished. All of it begins with a dot. */

/** Drafts are named for what they will be, so that whoever may make it knows which were left by the dead. */
export const draftPrefix = (digest: string): string => `.draft-${digest}-`;
/** The lease on making what the digest names. */
export const preparationLease = (cache: string, digest: string): string => join(cache, `.${digest}.lease`);
/** How far its making is. */
export const preparationProgress = (cache: string, digest: string): string => join(cache, `.${digest}.progress`);

/** Of a file or folder that is not finished: the digest of what it was to be; empty where its name does not say. */
export function unfinishedDigest(name: string): string | null {
  const draft = /^\.draft-(?:([0-9a-f]{16})-)?[^-]+$/.exec(name);
  if (draft !== null) return draft[1] ?? '';
  return /^\.([0-9a-f]{16})\.(?:lease|progress)(?:\.|$)/.exec(name)?.[1] ?? null;
}
