import { createHash } from 'node:crypto';

/** A record with the SHA-256 of all else in it, hexadecimal: a disk that turns a digit into another is found out. */
export type Sealed<Content extends object> = Content & { readonly sha256: string };

export const sealed = <Content extends object>(content: Content): Sealed<Content> => ({
  ...content,
  sha256: digestOf(content),
});

/**
 * What was sealed, as it was; null where anything in it is no longer as it was written. Layout is no part of it. What
 * was written without a seal, by versions before there was one, is taken as it is.
 */
export function unsealed(value: object): object | null {
  if (!('sha256' in value)) return value;
  const { sha256, ...content } = value;
  return sha256 === digestOf(content) ? content : null;
}

/** JSON keeps the order of what it reads, so that what was written and read gives the same text. */
const digestOf = (content: object): string => createHash('sha256').update(JSON.stringify(content)).digest('hex');
