/** Turns text into the same text with terminal colours, or leaves it alone. */
export type Paint = (text: string, style: Style) => string;
export type Style = 'bold' | 'dim' | 'yellow';

/** Codes of ECMA-48 (SGR): on, off. */
const CODES: Record<Style, readonly [on: number, off: number]> = {
  bold: [1, 22],
  dim: [2, 22],
  yellow: [33, 39],
};

/** A painter that paints, or one that does not. */
export function painter(colour: boolean): Paint {
  return (text, style) =>
    colour && text !== '' ? `\u001B[${CODES[style][0]}m${text}\u001B[${CODES[style][1]}m` : text;
}
