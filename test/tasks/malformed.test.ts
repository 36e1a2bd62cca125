import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { MOST_LINES } from '../../src/tasks/lines.ts';
import { glue } from '../../src/tasks/glue/index.ts';
import { squad } from '../../src/tasks/squad/index.ts';
import { namesOf, type Task } from '../../src/tasks/task.ts';

const HEADER = 'index\tsentence1\tsentence2\tsentence\tquestion\tlabel\tscore\tgold_label\n';
const TSV = `${HEADER}${'0\ta\tb\tc\td\t1\t2.5\tneutral\n'.repeat(3)}`;
const JSON_LINES = '{"sentence":"a","label":1,"premise":"b","hypothesis":"c"}\n'.repeat(3);
const SQUAD =
  '{"data":[{"paragraphs":[{"context":"In 1066.","qas":[{"id":"q","question":"When?","answers":[{"text":"1066","answer_start":3}]}]}]}]}';
const tasks: readonly Task[] = [...glue, ...squad];

/** A text with a part of it replaced, or cut away, at a place drawn by the seed. */
const damaged = (text: string) =>
  fc
    .tuple(
      fc.nat(text.length),
      fc.nat(12),
      fc.constantFrom('', '\t', '\n', '\0', '"', '{', '[', '-1', '\ud83d', 'null'),
    )
    .map(([at, length, put]) => text.slice(0, at) + put + text.slice(at + length));

test.each([
  ['tab-separated', '.tsv', TSV],
  ['lines of JSON', '.jsonl', JSON_LINES],
  ['SQuAD’s JSON', '.json', SQUAD],
])('a damaged file is read as far as it goes or refused by its name: %s', (_, ending, text) => {
  fc.assert(
    fc.property(damaged(text), fc.nat(tasks.length - 1), (broken, index) => {
      const task = tasks[index]!;
      const names = task.files.map((file) => namesOf(file).find((name) => name.endsWith(ending)) ?? namesOf(file)[0]!);
      try {
        const { train, test: asked } = task.examples(new Map(names.map((name) => [name, broken])));
        expect(train.length * asked.length).toBeGreaterThan(0);
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
        expect(names.some((name) => (error as UserError).message.includes(name))).toBe(true);
      }
    }),
    { numRuns: 200, seed: 17 },
  );
});

/** The examples of a task all of whose files are the same text, and the processor time that they took, in ms. */
function readAll(task: Task, ending: string, text: string) {
  const files = task.files.map((file) => [namesOf(file).find((name) => name.endsWith(ending))!, text] as const);
  const before = process.cpuUsage();
  try {
    return { ...task.examples(new Map(files)), error: null };
  } catch (error) {
    return { train: [], test: [], warnings: [], error };
  } finally {
    const { user, system } = process.cpuUsage(before);
    // Two files and more; other processes do not count.
    expect((user + system) / 1000 / files.length).toBeLessThan(1000);
  }
}

const named = (name: string) => tasks.find((task) => task.name === name)!;

describe('of a tab-separated file', () => {
  const sst2 = (lines: string) => readAll(named('glue-sst2'), '.tsv', `sentence\tlabel\nIt is.\t1\n${lines}`);

  test.each([
    ['a NUL character', 'a\0b\t1\n', 'a NUL character'],
    ['too many fields', 'a\tb\t1\n', 'more than 2 fields'],
    ['too few fields', 'a\n', '1 fields instead of 2'],
    ['an empty line', '\n', '1 fields instead of 2'],
    ['no label', 'a\t\n', 'label ""'],
    ['a label that there is none of', 'a\t2\n', 'label "2"'],
    ['a line of tabs', `${'\t'.repeat(1e6)}\n`, 'more than 2 fields'],
    ['a line of 64 million characters', `${'a'.repeat(64e6)}\t1\n`, '64,000,002 characters'],
  ])('%s makes the line a bad one, told by its number', (_, line, why) => {
    const { train, warnings } = sst2(line);
    expect(train).toHaveLength(1);
    const told = `lines left out as unreadable, the first at line 3 (${why})`;
    expect(warnings).toEqual([`SST-2/train.tsv: 1 of 2 ${told}`, `SST-2/dev.tsv: 1 of 2 ${told}`]);
  });

  test('quotes stand for themselves, alone and in pairs', () => {
    const { test: asked, warnings } = sst2('"\t1\n"a\t0\n"a"b""\t0\n');
    expect(asked.map((example) => (example as { text: string }).text)).toEqual(['It is.', '"', '"a', '"a"b""']);
    expect(warnings).toEqual([]);
  });

  test('lines without end are refused before they fill the memory', () => {
    const { error } = sst2('\n'.repeat(MOST_LINES));
    expect(error).toBeInstanceOf(UserError);
    expect(error).toHaveProperty(
      'message',
      'SST-2/train.tsv:4194305 must not be there: the file has more than 4,194,304 lines',
    );
  });
});

describe('a JSON file that could fill the memory or hang is refused with its place', () => {
  const file = (context: string, answers: string, id = 'q') =>
    `{"data":[{"paragraphs":[{"context":"${context}","qas":[{"id":"${id}","question":"When?","answers":[${answers}]}]}]}]}`;

  test.each([
    [
      'nested a hundred million times',
      '['.repeat(1e8),
      'must not be nested deeper than 64 levels, which it does at character 65',
    ],
    ['nested inside', file('a', `${'{"a":'.repeat(1e6)}1${'}'.repeat(1e6)}`), 'at character 367'],
    [
      'with more objects than data sets have',
      `[${'{},'.repeat(2 ** 24)}{}]`,
      'must not hold more than 16,777,216 objects',
    ],
    ['that is none', '{"data":\u001b[31m}', 'must be JSON ('],
    [
      'with an answer at no place',
      file('a', '{"text":"a","answer_start":null}'),
      'answers[0] must have a whole number',
    ],
    ['with an answer that is no text', file('a', '{"text":1,"answer_start":0}'), 'answers[0] must have a text "text"'],
    ['with a list for a passage', file('a', '').replace('"a"', '["a"]'), 'paragraphs[0] must have a text "context"'],
  ])('%s', (_, text, message) => {
    const { error } = readAll(named('squad-1.1'), '.json', text);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toContain(message);
    expect((error as UserError).message).toMatch(/^train-v1\.1\.json[^\p{C}]*$/u);
  });

  test.each([-1, 1e15, Number.MAX_SAFE_INTEGER])(
    'not so one whose answer is said to stand at %d: it is told',
    (start) => {
      const { error, train, warnings } = readAll(
        named('squad-2.0'),
        '.json',
        file('In 1066 \u{1f600}.', `{"text":"In","answer_start":${start}}`).replace(
          '"qas":[',
          '"qas":[{"id":"other","question":"Why?","answers":[]},',
        ),
      );
      expect(error).toBeNull();
      expect(train).toHaveLength(1);
      expect(warnings).toContain(
        'train-v2.0.json: 1 of 2 questions left out, without an answer that stands where it says, the first "q"',
      );
    },
  );

  test('one with two questions of one id', () => {
    const line = '{"id":"q","context":"In 1066.","question":"When?","answers":{"text":["1066"],"answer_start":[3]}}\n';
    const { error } = readAll(named('squad-1.1'), '.jsonl', line + line);
    expect(error).toHaveProperty('message', 'dev-v1.1.jsonl must have one question of every id, got two of "q"');
  });

  test.each([
    ['a line that is nested deeply', '['.repeat(5e5)],
    ['a line of two million characters', `"${'a'.repeat(2e6)}"`],
  ])('%s', (_, line) => {
    const { error } = readAll(named('squad-1.1'), '.jsonl', `\n${line}\n`);
    expect((error as UserError).message).toMatch(/^train-v1\.1\.jsonl:2 must be (?:a question in )?JSON/u);
    const sst2 = readAll(named('glue-sst2'), '.jsonl', `{"sentence":"It is.","label":1}\n${line}\n`);
    expect(sst2.warnings?.[0]).toContain('SST-2/train.jsonl: 1 of 2 lines left out as unreadable, the first at line 2');
  });
});
