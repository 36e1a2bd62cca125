import { expect, test } from 'vitest';
import { shippedTasks } from '../../src/tasks/index.ts';
import { loadExamples } from '../../src/text/task-data.ts';

const classifying = shippedTasks.filter((task) => task.kind === 'classification');

// The other baselines are printed by bench/baselines.js.
test.each(classifying.map((task) => [task.name, task] as const))(
  '%s publishes what always naming the most frequent training label scores',
  async (_, task) => {
    const { train, test: examples } = await loadExamples(task);
    const counts = task.labels.map((_label, index) => train.filter(({ label }) => label === index).length);
    const majority = counts.indexOf(Math.max(...counts));
    const score = task.score(
      examples.map(() => majority),
      examples,
    )[task.metrics[0]!.name]!;
    expect(task.baselines.find(({ name }) => name === 'majority')?.value).toBeCloseTo(score, 3);
  },
);
