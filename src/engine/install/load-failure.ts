import { LIBRARY_CHATTER } from '../../errors.ts';

/** Why an addon did not load, in words for people, and what to do about it. */
export interface LoadFailure {
  readonly reason: string;
  readonly hint: string;
}

/** A stock npm package is the user's own: ours goes before it. */
const rebuild = (name: string): string =>
  name.startsWith('@') ? 'growbench engine install' : `growbench engine remove ${name}, then growbench engine install`;

const damaged = (name: string): LoadFailure => ({
  reason: 'its addon is damaged or for another processor',
  hint: `Build it here: ${rebuild(name)}`,
});

/** Reads what the dynamic loader, Node or a dying process left on stderr; `name` is that of the engine. */
export function explainLoadFailure(name: string, said: string): LoadFailure {
  const library = /(?:Error: )?(\S+?): cannot open shared object file/.exec(said)?.[1];
  // What the loader says of a file for another processor too.
  if (library?.endsWith('.node') === true) return damaged(name);
  if (library !== undefined) {
    return { reason: `the shared library ${library} is not found`, hint: `Build the engine anew: ${rebuild(name)}` };
  }
  const symbolVersion = /version [`'](GLIBC(?:XX)?_[\d.]+)' not found/.exec(said)?.[1];
  if (symbolVersion !== undefined) {
    return {
      reason: `its libraries need ${symbolVersion}, which is newer than this system's C or C++ library`,
      hint: `If it was built on another machine, build it here: ${rebuild(name)}. Else use a newer system or container.`,
    };
  }
  if (/NODE_MODULE_VERSION|was compiled against a different Node/.test(said)) {
    return { reason: 'it was built for another Node.js', hint: `Build it for this one: ${rebuild(name)}` };
  }
  if (/invalid ELF header|wrong ELF class|file too short|incompatible architecture|not a mach-o/.test(said)) {
    return damaged(name);
  }
  if (/undefined symbol/.test(said)) {
    const symbol = /undefined symbol: (\S+)/.exec(said)?.[1] ?? 'a function';
    return { reason: `its TensorFlow lacks ${symbol}`, hint: `Choose another TensorFlow: ${rebuild(name)}` };
  }
  if (/SIGBUS/.test(said)) {
    return {
      reason: 'its addon or one of its libraries is cut short (SIGBUS)',
      hint: `Build it anew: ${rebuild(name)}`,
    };
  }
  if (/SIGILL/.test(said)) {
    return {
      reason: 'this processor lacks instructions that TensorFlow was built with (AVX)',
      hint: 'Use engine: wasm.',
    };
  }
  const last = said
    .split('\n')
    .filter((line) => !/^\s+at |^Node\.js v|^\s*$/.test(line) && !LIBRARY_CHATTER.test(line))
    .at(-1);
  return {
    reason: last ?? 'it ended without a word',
    hint: `Build it anew: ${rebuild(name)}`,
  };
}
