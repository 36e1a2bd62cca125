import { describe, expect, test } from 'vitest';
import { parseGloss } from '../../src/tasks/wordnet/gloss.ts';
import { parseSynset, pointersOf } from '../../src/tasks/wordnet/synset.ts';
import { findUse } from '../../src/tasks/wordnet/usage.ts';

describe('a line of a data file', () => {
  test('holds words, lexicographer file, pointers and gloss, as wndb(5WN) describes', () => {
    const synset = parseSynset(
      '00002325 29 v 02 respire 1 take_a_breath 0 003 $ 00001740 v 0000 @ 02112831 v 0000 + 03121972 a 0101 ' +
        '01 + 02 00 | undergo respiration; "the patient is respiring"  ',
    )!;
    expect(synset).toMatchObject({
      id: 'v00002325',
      partOfSpeech: 'v',
      file: 29,
      words: ['respire', 'take a breath'],
      definition: 'undergo respiration',
      examples: ['the patient is respiring'],
    });
    expect(pointersOf(synset)).toEqual([
      { symbol: '$', target: 'v00001740' },
      { symbol: '@', target: 'v02112831' },
      { symbol: '+', target: 'a03121972' },
    ]);
  });

  test('counts its words in hexadecimal', () => {
    const words = Array.from({ length: 16 }, (_, index) => `word${index} 0`).join(' ');
    expect(parseSynset(`00000001 05 n 10 ${words} 000 | many names`)!.words).toHaveLength(16);
  });

  test('marks where an adjective may stand, which is no part of the word; satellites are adjectives to pointers', () => {
    const synset = parseSynset('00014490 00 s 01 galore(ip) 0 001 & 00013887 a 0000 | in great numbers')!;
    expect(synset.words).toEqual(['galore']);
    expect(synset.id).toBe('a00014490');
  });

  test('may belong to the licence', () => {
    expect(parseSynset('  1 This software and database is being provided to you')).toBeNull();
  });
});

describe('a gloss', () => {
  test.each([
    ['a plain definition', 'a plain definition', []],
    ['first sense; second sense; "one use"; "another use"', 'first sense; second sense', ['one use', 'another use']],
    ['promise of reward as in "carrot and stick"', 'promise of reward as in "carrot and stick"', []],
    ['meaning; "never closed', 'meaning', ['never closed']],
    ['meaning; "to be or not"- Shakespeare', 'meaning', ['to be or not']],
  ])('%s', (text, definition, examples) => {
    expect(parseGloss(text)).toEqual({ definition, examples });
  });
});

describe('a word is used in a sentence', () => {
  test.each([
    ['He breathes deeply', 'breathe', 'breathes'],
    ['Respiring is easy', 'respir', 'Respiring'],
    ['they took a breath', 'took a', 'took a'],
    ['the cathedral and the cat', 'cat', 'cat'],
    ['a re-entry, an entry', 'entry', 'entry'],
  ])('%s / %s', (sentence, word, found) => {
    const use = findUse(sentence, word)!;
    expect(sentence.slice(use.start, use.end)).toBe(found);
  });

  test.each([
    ['the cathedral', 'cat'],
    ['bobcat', 'cat'],
    ['a well-known man', 'well'],
  ])('but not in "%s" (%s)', (sentence, word) => {
    expect(findUse(sentence, word)).toBeNull();
  });
});
