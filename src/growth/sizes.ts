/** The sizes of a finished model that growth can change: those of its parameters, apart from vocabulary and positions. */
export const SIZES = ['layers', 'hidden', 'heads', 'ffn'] as const;
export type Size = (typeof SIZES)[number];
export type Sizes = Readonly<Partial<Record<Size, number>>>;
