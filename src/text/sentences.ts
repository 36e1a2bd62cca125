/** After a full stop (and closing quotes or brackets) and before what a sentence starts with. */
const BOUNDARY = /(?<=[.!?]["')\]\u201d\u2019]{0,2})\s+(?=["'([\u201c\u2018]?[\p{Lu}\p{N}])/u;

/**
 * Cuts running text into sentences at full stops that a capital or a digit follows; line breaks count as spaces. Cuts
 * after abbreviations ("Mr. Speaker") too: good for finding whole sentences that are held out, not for counting any.
 */
export function sentencesOf(text: string): string[] {
  return text
    .split(BOUNDARY)
    .map((sentence) => sentence.replace(/\s+/g, ' ').trim())
    .filter((sentence) => sentence !== '');
}
