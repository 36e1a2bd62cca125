/** What a dictionary entry says: what the word means, and sentences that use it. */
export interface Gloss {
  readonly definition: string;
  readonly examples: readonly string[];
}

/** Where the examples begin: a quotation that follows a semicolon. Quotations inside a definition do not. */
const FIRST_EXAMPLE = /(?:^|[;:,])\s*"/;
const QUOTATION = /"\s*([^"]+?)\s*(?:"|$)/g;

/** Splits a gloss of a WordNet data file. Attributions and remarks after the first example are left out. */
export function parseGloss(text: string): Gloss {
  const cut = text.search(FIRST_EXAMPLE);
  const definition = (cut === -1 ? text : text.slice(0, cut)).replace(/[\s;:,]+$/, '').trim();
  const examples = cut === -1 ? [] : [...text.slice(cut).matchAll(QUOTATION)].map(([, sentence]) => sentence!);
  return { definition, examples: examples.filter((sentence) => /\p{L}/u.test(sentence)) };
}
