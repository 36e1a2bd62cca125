import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
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
