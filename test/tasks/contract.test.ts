import { describe, expect, test } from 'vitest';
import { shippedTasks, tasks } from '../../src/tasks/index.ts';
import { TEST_EXAMPLES, textKey } from '../../src/tasks/split.ts';
import { namesOf, type Splits, type Task } from '../../src/tasks/task.ts';
import { readSources } from '../../src/text/task-data.ts';

test('task names are unique', () => {
  expect(new Set(tasks.map(({ name }) => name)).size).toBe(tasks.length);
});

// A new task with data of its own gets all of these by being registered.
describe.each(shippedTasks.map((task) => [task.name, task] as const))('%s', async (_, task) => {
  const files = await readSources(task.files.flatMap(namesOf));
  const splits: Splits<unknown> = task.examples(files);
  const textsOf = (example: unknown): readonly string[] => (task as AnyTask).texts(example as never);

  test('has a training set and at most a thousand test examples', () => {
    expect(splits.train.length).toBeGreaterThan(1000);
    expect(splits.test.length).toBeGreaterThan(500);
    expect(splits.test.length).toBeLessThanOrEqual(TEST_EXAMPLES);
  });

  test('gives the same examples in the same order for the same files', () => {
    // Compared as text: a hundred thousand objects take seconds otherwise.
    expect(JSON.stringify(task.examples(new Map(files))) === JSON.stringify(splits)).toBe(true);
  });

  test('shares no text between training and test', () => {
    const seen = new Set(splits.train.flatMap(textsOf).map(textKey));
    expect(splits.test.flatMap(textsOf).filter((text) => seen.has(textKey(text)))).toEqual([]);
  });

  test.skipIf(task.heldOutWith === undefined)('is tested on texts that another task keeps out of pre-training', () => {
    const keeper: AnyTask = shippedTasks.find(({ name }) => name === task.heldOutWith)!;
    const kept = new Set(
      (keeper as Task)
        .examples(files)
        .test.flatMap((one) => keeper.texts(one as never))
        .map(textKey),
    );
    expect(splits.test.flatMap(textsOf).filter((text) => !kept.has(textKey(text)))).toEqual([]);
  });

  test('has no empty text', () => {
    const texts = [...splits.train, ...splits.test].flatMap(textsOf);
    expect(texts.filter((text) => !/[\p{L}\p{N}]/u.test(text))).toEqual([]);
  });

  test('gives right predictions the best score of every metric, and wrong ones less', () => {
    const best = perfect(task, splits.test);
    expect(Object.keys(best)).toEqual(task.metrics.map(({ name }) => name));
    for (const { name } of task.metrics) {
      expect(best[name]).toBeCloseTo(1, 12);
      expect(wrong(task, splits.test)[name]).toBeLessThanOrEqual(0);
    }
  });

  test('has baselines for the metric that counts', () => {
    expect(task.baselines.length).toBeGreaterThan(0);
    for (const { metric, value } of task.baselines) {
      expect(metric).toBe(task.metrics[0]!.name);
      expect(value).toBeGreaterThan(0);
      expect(value).toBeLessThan(1);
    }
  });

  test('has targets that its examples can be held to', () => {
    for (const example of [...splits.train, ...splits.test]) checkTarget(task, example as never);
  });
});

/** A task whose examples' type is forgotten. */
type AnyTask = Pick<Task, 'name'> & { texts(example: never): readonly string[] };

function perfect(task: Task, test: readonly unknown[]): Readonly<Record<string, number>> {
  switch (task.kind) {
    case 'classification':
      return task.score(
        (test as { label: number }[]).map(({ label }) => label),
        test as never,
      );
    case 'regression':
      return task.score(
        (test as { target: number }[]).map(({ target }) => target),
        test as never,
      );
    case 'span':
      return task.score(
        (test as { answers: string[] }[]).map(({ answers }) => ({ text: answers[0]!, noAnswer: -1 })),
        test as never,
      );
  }
}

function wrong(task: Task, test: readonly unknown[]): Readonly<Record<string, number>> {
  switch (task.kind) {
    case 'classification':
      return task.score(
        (test as { label: number }[]).map(({ label }) => (label + 1) % task.labels.length),
        test as never,
      );
    case 'regression':
      return task.score(
        (test as { target: number }[]).map(({ target }) => -target),
        test as never,
      );
    case 'span':
      return task.score(
        test.map(() => ({ text: 'nowhere to be found', noAnswer: -1 })),
        test as never,
      );
  }
}

function checkTarget(task: Task, example: never): void {
  switch (task.kind) {
    case 'classification': {
      const { label } = example as { label: number };
      if (task.labels[label] === undefined) expect.fail(`label ${label}`);
      return;
    }
    case 'regression':
      if (!Number.isFinite((example as { target: number }).target)) expect.fail('a target that is no number');
      return;
    case 'span': {
      const { passage, start, end, answers } = example as {
        passage: string;
        start: number;
        end: number;
        answers: readonly string[];
      };
      if (!answers.includes(passage.slice(start, end)) || start >= end) expect.fail(passage.slice(start, end));
    }
  }
}
