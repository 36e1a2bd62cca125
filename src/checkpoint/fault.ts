import { UserError } from '../errors.ts';

const HINT = "Save the model again with transformers' save_pretrained, or take another copy of the file.";

/** The mistake of a checkpoint's file that cannot be used. `what` says what must hold and what was found. */
export const fault = (path: string, what: string, hint = HINT, options?: ErrorOptions): UserError =>
  new UserError(`${path}: ${what}`, hint, options);

const LONGEST = 80;

/** A name from a file, for a message: in quotes, not too long, and without characters that steer a terminal. */
export function quoted(name: string): string {
  const shown = name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name;
  const plain = shown.replace(/[^ -~…]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `"${plain}"`;
}

/** Any value from a file, for a message. */
export const shown = (value: unknown): string =>
  value === undefined
    ? 'nothing'
    : typeof value === 'string'
      ? quoted(value)
      : quoted(JSON.stringify(value)).slice(1, -1);
