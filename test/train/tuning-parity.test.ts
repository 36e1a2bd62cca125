import { beforeAll, expect, test } from 'vitest';
import type { Engine, HostTensors } from '../../src/engine/engine.ts';
import { isHead, layout } from '../../src/growth/layout.ts';
import type { ClassificationTask, RegressionTask, Task } from '../../src/tasks/task.ts';
import { freshMoments, trainedAs } from '../../src/train/adamw.ts';
import { headParameters } from '../../src/train/heads.ts';
import { classification, regression } from '../../src/train/sequence-task.ts';
import { spanModel } from '../../src/train/span-model.ts';
import { columnFeeds } from '../../src/train/task-batches.ts';
import type { Encoding, TaskModel } from '../../src/train/task-model.ts';
import { scalarOutput, stepFeeds, trainingStep } from '../../src/train/training-step.ts';
import { SHIPPED_IDS } from '../../src/text/vocabulary.ts';
import { openTestEngine } from '../engine/engines.ts';
import { BATCH, oracleShape, oracleWeights, readOracle, unpack, type Packed } from './oracle.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await openTestEngine();
});

/** What test/oracle/tuning.py wrote. */
interface OracleTuning {
  readonly settings: { readonly decay: number; readonly clip: number };
  readonly rates: readonly number[];
  readonly losses: readonly number[];
  readonly norms: readonly number[];
  readonly batches: readonly Readonly<Record<string, readonly number[]>>[];
  readonly head: Readonly<Record<string, Packed>>;
  /** Of the tuned model, to the last batch. */
  readonly answers: readonly number[];
}

const shape = oracleShape('post');
const task = { name: 'oracle', labels: ['a', 'b', 'c'] } as unknown as Task;
const none = { train: [], test: [] };
const tokenizer = { ids: () => Promise.resolve([]), special: SHIPPED_IDS } as unknown as Encoding['tokenizer'];
const encoding: Encoding = { tokenizer, length: shape.length, examples: null };
const noSpans = {
  ...{ ids: new Int32Array(), segments: new Int32Array(), mask: new Int32Array(), passage: new Int32Array() },
  ...{ starts: new Int32Array(), ends: new Int32Array(), count: 0, cut: 0, length: shape.length },
};

/** Models of tasks without examples: what they make of a batch is all there is to try. */
type Steps = Pick<TaskModel, 'train' | 'test' | 'loss' | 'outputs'>;
const kinds: [Task['kind'], () => Steps | Promise<Steps>][] = [
  ['classification', () => classification(task as ClassificationTask, none, shape, encoding)],
  ['regression', () => regression(task as RegressionTask, none, shape, encoding)],
  ['span', () => spanModel(noSpans, noSpans, shape)],
];

test.each(kinds)('ten steps of %s are those of BERT in transformers, and so are its answers', async (kind, open) => {
  const { settings, rates, losses, norms, batches, head, answers } = readOracle(`tuning-${kind}`) as OracleTuning;
  const model = await open();
  const names = layout(shape).filter((parameter) => !isHead(parameter));
  const trained = [...names, ...headParameters({ ...task, kind } as Task, shape.hidden)].map((own) =>
    trainedAs(own.name, own.kind),
  );
  const given = new Map([...oracleWeights(), ...unpack(head)]);
  const weights: HostTensors = new Map(trained.map(({ name }) => [name, given.get(name)!]));
  const program = await engine.compile(
    {
      train: trainingStep({
        ...{ trained, feeds: columnFeeds(model.train, BATCH), loss: model.loss },
        ...{ dropout: 0, clip: settings.clip },
      }),
      predict: {
        feeds: columnFeeds(model.test, BATCH),
        step: (state, fed) => ({ outputs: { outputs: model.outputs(state, fed) } }),
      },
    },
    new Map([...weights, ...freshMoments(weights)]),
  );
  const fed = (columns: TaskModel['train'], step: number) =>
    Object.fromEntries(
      Object.entries(columns).map(([name, { values }]) => [
        name,
        (values instanceof Int32Array ? Int32Array : Float32Array).from(batches[step]![name]!),
      ]),
    );
  for (const [step, rate] of rates.entries()) {
    const optimizer = stepFeeds({ rate, decay: settings.decay, update: step + 1, seed: 0, step });
    const outputs = await program.run('train', { ...fed(model.train, step), ...optimizer });
    expect(scalarOutput(outputs, 'loss'), `loss of step ${step}`).toBeCloseTo(losses[step]!, 4);
    expect(scalarOutput(outputs, 'gradientNorm') / norms[step]!, `norm of step ${step}`).toBeCloseTo(1, 3);
  }
  const said = (await program.run('predict', fed(model.test, rates.length - 1))).get('outputs')!;
  // Outside of the passage nothing is answered.
  const furthest = answers.map((want, index) => (said[index]! < -1e8 ? 0 : Math.abs(said[index]! - want)));
  expect(said.length).toBe(answers.length);
  expect(Math.max(...furthest)).toBeLessThan(1e-3);
  program.dispose();
});
