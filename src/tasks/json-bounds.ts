import { UserError } from '../errors.ts';
import type { Source } from './source.ts';

/** SQuAD's files go seven levels down. */
const DEEPEST = 64;
/** Twenty times those of SQuAD 2.0. */
const MOST_PARTS = 2 ** 24;

/** Code units of JSON's signs. */
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = { list: 0x5b, object: 0x7b };
const CLOSING = { list: 0x5d, object: 0x7d };

/**
 * Throws a UserError for JSON that is nested deeper or has more objects and lists than any data set: parsing it could
 * take more memory than there is, and nothing catches that. Text that is no JSON passes; parsing finds out.
 */
export function checkJsonBounds({ name, text }: Source): void {
  let [depth, parts, quoted] = [0, 0, false];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (quoted) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) quoted = false;
    } else if (code === QUOTE) quoted = true;
    else if (code === OPENING.list || code === OPENING.object) {
      depth += 1;
      parts += 1;
      if (depth > DEEPEST) throw beyond(name, at, `be nested deeper than ${DEEPEST} levels`);
      if (parts > MOST_PARTS)
        throw beyond(name, at, `hold more than ${MOST_PARTS.toLocaleString('en')} objects and lists`);
    } else if (code === CLOSING.list || code === CLOSING.object) depth -= 1;
  }
}

const beyond = (name: string, at: number, what: string): UserError =>
  new UserError(`${name} must not ${what}, which it does at character ${at + 1}`, 'No data set that is read does.');
