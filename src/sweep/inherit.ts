import { dirname, isAbsolute, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { parseDocument, offsetOf } from './document.ts';
import type { Source } from './frame.ts';
import { applyMergeKeys, overlay, type Layer } from './layers.ts';
import { isMapping, removeAt } from './at-path.ts';
import type { Problem } from './problem.ts';
import { withoutRivals } from './rivals.ts';
import { readSource } from './source.ts';

/** A sweep file together with the files it extends. */
export interface SweepText {
  /** The file itself first. Offsets count through all of them, one after another. */
  readonly sources: readonly [Source, ...Source[]];
  /** Null where the text of one of them cannot be worked with. */
  readonly layer: Layer | null;
  readonly problems: readonly Problem[];
}

/**
 * Reads a sweep file and, where it says `extends: other.yaml`, lays it over that file: mappings key by key, lists as a
 * whole, and settings that exclude one another in each other's place. Throws a UserError where the file itself cannot be read.
 */
export const readSweep = async (file: string): Promise<SweepText> => read(await readSource(file), []);

async function read(source: Source, above: readonly string[]): Promise<SweepText> {
  const { document, problems } = parseDocument(source);
  if (document === null) return { sources: [source], layer: null, problems };
  const { layer, problems: unmerged } = applyMergeKeys(document);
  const own = [...problems, ...unmerged];
  if (!isMapping(layer.value) || layer.value['extends'] === undefined)
    return { sources: [source], layer, problems: own };
  const rest = { ...layer, value: removeAt(layer.value, ['extends']) };
  const fault = (message: string, hint: string): SweepText => {
    const place = { in: 'file', offset: offsetOf(layer.tree, ['extends'], 'value') } as const;
    return { sources: [source], layer: rest, problems: [...own, { place, subject: 'extends', message, hint }] };
  };
  const name = layer.value['extends'];
  if (typeof name !== 'string' || name === '')
    return fault('must be the path of a sweep file', 'It starts from this file.');
  const path = isAbsolute(name) ? name : resolve(dirname(source.file), name);
  const chain = [...above, resolve(source.file)];
  if (chain.includes(resolve(path))) return fault(`must not lead back to this file, got "${name}"`, 'Extend another.');
  try {
    const start = source.start + source.text.length + 1;
    const parent = await read({ ...(await readSource(path)), start }, chain);
    const sources = [source, ...parent.sources] as const;
    const layered = parent.layer === null ? rest : laidOver(parent.layer, rest);
    return { sources, layer: layered, problems: [...own, ...parent.problems] };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return fault(`must be a sweep file, but ${error.message.replace(/\.$/, '')}`, error.hint);
  }
}

const laidOver = (under: Layer, over: Layer): Layer =>
  overlay({ ...under, value: withoutRivals(under.value, over.value) }, over);
