import { tasks } from '../tasks/index.ts';
import { DEFAULTS } from './defaults.ts';
import { above, LARGEST_SIZE, list, mapping, MOST_SEEDS, share, whole } from './schema-parts.ts';

/** Scores are sums of two logits, far smaller than this. */
const LARGEST_THRESHOLD = 1000;

/** What a task may have of its own. */
const protocol = {
  examples: {
    type: ['integer', 'string'],
    description: 'Training examples of a task at most, or all.',
    minimum: 1,
    pattern: '^all$',
    default: DEFAULTS.finetune.examples,
  },
  epochs: { ...whole('Passes over the training examples.', 1, MOST_SEEDS), default: DEFAULTS.finetune.epochs },
  batch: { ...whole('Examples in a step.', 1, LARGEST_SIZE), default: DEFAULTS.finetune.batch },
  rate: {
    ...above('Peak learning rate, or a list of them of which the best on the test examples is kept.', 0, 10),
    type: ['number', 'array'],
    items: above('A peak learning rate.', 0, 10),
    minItems: 1,
    uniqueItems: true,
    default: DEFAULTS.finetune.rate,
  },
  length: whole('Tokens of an example, longer texts are cut; model.positions if not given.', 8, LARGEST_SIZE),
  warmup: { ...share('Share of the steps spent in linear warm-up.'), default: DEFAULTS.finetune.warmup },
  seeds: whole('Runs of every task, with seeds of their own: their median counts; 1 if not given.', 1, MOST_SEEDS),
  'null-threshold': {
    type: ['number', 'string'],
    description:
      'How much higher than the best text "no answer" must score to be the answer (squad-2.0), or best: the threshold of the best F1 on the test examples; 0 if not given.',
    minimum: -LARGEST_THRESHOLD,
    maximum: LARGEST_THRESHOLD,
    pattern: '^best$',
  },
};

const taskNames = tasks.map(({ name }) => name);
/** The section on fine-tuning. */
export const finetune = mapping('Fine-tuning of the pre-trained model, on each task apart.', {
  tasks: {
    ...list('Tasks by name; none compares the arms by loss alone.', {
      type: 'string',
      enum: taskNames,
      description: tasks.map(({ name, summary }) => `${name}: ${summary}`).join('; '),
    }),
    default: DEFAULTS.finetune.tasks,
  },
  ...protocol,
  overrides: {
    type: 'object',
    description: 'What is different for single tasks, by task: { glue-cola: { epochs: 10 } }.',
    propertyNames: { enum: taskNames },
    additionalProperties: mapping('Settings of one task that differ from the others.', protocol),
  },
});
