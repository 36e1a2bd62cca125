import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { glue } from '../../src/tasks/glue/index.ts';
import { countingMetrics } from '../../src/tasks/metrics.ts';
import { namesOf, type Splits, type Task } from '../../src/tasks/task.ts';

type Example = Readonly<{ text: string; pair?: string; label?: number; target?: number; part?: string }>;

function read(name: string, files: Readonly<Record<string, string>>): Splits<Example> {
  const task: Task = glue.find((one) => one.name === name)!;
  return task.examples(new Map(Object.entries(files)));
}
const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`;

/** One line of every file in the dialect that GLUE ships it in, and what it says. */
const DIALECTS: readonly [name: string, train: string, dev: readonly [string, string][], wanted: readonly Example[]][] =
  [
    [
      'glue-cola',
      'CoLA/train.tsv',
      [['CoLA/dev.tsv', lines('gj04\t1\t\tThe sailors rode the breeze.', 'cj99\t0\t*\tThe more "a quote.')]],
      [
        { text: 'The sailors rode the breeze.', label: 1 },
        { text: 'The more "a quote.', label: 0 },
      ],
    ],
    [
      'glue-sst2',
      'SST-2/train.tsv',
      [['SST-2/dev.tsv', lines('sentence\tlabel', '"too " long \t0', 'a charm\t1')]],
      [
        { text: '"too " long ', label: 0 },
        { text: 'a charm', label: 1 },
      ],
    ],
    [
      'glue-mrpc',
      'MRPC/train.tsv',
      [
        [
          'MRPC/dev.tsv',
          `\u{feff}${lines('Quality\t#1 ID\t#2 ID\t#1 String\t#2 String', '1\t17\t18\t"He said so .\tHe said " yes " .')}`,
        ],
      ],
      [{ text: '"He said so .', pair: 'He said " yes " .', label: 1 }],
    ],
    [
      'glue-stsb',
      'STS-B/train.tsv',
      [
        [
          'STS-B/dev.tsv',
          lines(
            'index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2\tscore',
            '0\tmain-captions\tMSRvid\t2012test\t0000\tnone\tnone\tA man cooks.\tA man eats.\t2.750',
          ),
        ],
      ],
      [{ text: 'A man cooks.', pair: 'A man eats.', target: 2.75 }],
    ],
    [
      'glue-qqp',
      'QQP/train.tsv',
      [
        [
          'QQP/dev.tsv',
          lines('id\tqid1\tqid2\tquestion1\tquestion2\tis_duplicate', '7\t1\t2\tWhat is ""a""?\tWhy?\t0'),
        ],
      ],
      [{ text: 'What is ""a""?', pair: 'Why?', label: 0 }],
    ],
    [
      'glue-mnli',
      'MNLI/train.tsv',
      [
        [
          'MNLI/dev_matched.tsv',
          lines(
            'index\tpromptID\tpairID\tgenre\tsentence1_binary_parse\tsentence2_binary_parse\tsentence1_parse\tsentence2_parse\tsentence1\tsentence2\tlabel1\tlabel2\tlabel3\tlabel4\tlabel5\tgold_label',
            '0\t1\t1n\tslate\t(a)\t(b)\t(c)\t(d)\tIt rains.\tIt is wet.\tneutral\tentailment\tentailment\tentailment\tneutral\tentailment',
          ),
        ],
        [
          'MNLI/dev_mismatched.tsv',
          lines(
            'index\tpromptID\tpairID\tgenre\tsentence1\tsentence2\tgold_label',
            '0\t1\t1n\tletters\tIt rains.\tIt snows.\tcontradiction',
          ),
        ],
      ],
      [
        { text: 'It rains.', pair: 'It is wet.', label: 0, part: 'm' },
        { text: 'It rains.', pair: 'It snows.', label: 2, part: 'mm' },
      ],
    ],
    [
      'glue-qnli',
      'QNLI/train.tsv',
      [['QNLI/dev.tsv', lines('index\tquestion\tsentence\tlabel', '0\tWho?\tNobody did.\tnot_entailment')]],
      [{ text: 'Who?', pair: 'Nobody did.', label: 1 }],
    ],
    [
      'glue-rte',
      'RTE/train.tsv',
      [['RTE/dev.tsv', lines('index\tsentence1\tsentence2\tlabel', '0\tIt rains.\tIt is wet.\tentailment')]],
      [{ text: 'It rains.', pair: 'It is wet.', label: 0 }],
    ],
    [
      'glue-wnli',
      'WNLI/train.tsv',
      [['WNLI/dev.tsv', lines('index\tsentence1\tsentence2\tlabel', '0\tI put it in.\tI put the pin in.\t1')]],
      [{ text: 'I put it in.', pair: 'I put the pin in.', label: 1 }],
    ],
    [
      'glue-ax',
      'MNLI/train.tsv',
      [
        [
          'diagnostic/diagnostic-full.tsv',
          lines(
            'Lexical Semantics\tPredicate-Argument Structure\tLogic\tKnowledge\tDomain\tPremise\tHypothesis\tLabel',
            'Quantifiers\t\t\t\tNews\tAll sit.\tSome sit.\tentailment',
          ),
        ],
      ],
      [{ text: 'All sit.', pair: 'Some sit.', label: 0 }],
    ],
  ];

describe('the files of GLUE are read as they are', () => {
  test.each(DIALECTS)('%s', (name, train, dev, wanted) => {
    const files = { ...Object.fromEntries(dev), [train]: dev[0]![1] };
    const { test: examples, warnings } = read(name, files);
    expect(examples).toEqual(wanted);
    expect(warnings).toEqual([]);
  });

  test('for every task', () => {
    expect(DIALECTS.map(([name]) => name).toSorted()).toEqual(glue.map(({ name }) => name).toSorted());
  });

  test('with the line ends of Windows', () => {
    const text = 'sentence\tlabel\r\nfine\t1\r\n';
    expect(read('glue-sst2', { 'SST-2/train.tsv': text, 'SST-2/dev.tsv': text }).test).toEqual([
      { text: 'fine', label: 1 },
    ]);
  });

  test('and as lines of JSON with numbered labels, as the hub has them', () => {
    const { test: examples } = read('glue-mnli', {
      'mnli/train.jsonl': lines('{"premise":"a","hypothesis":"b","label":2,"idx":0}'),
      'mnli/validation_matched.jsonl': lines('{"premise":"a","hypothesis":"b","label":1,"idx":0}'),
      'mnli/validation_mismatched.jsonl': lines('{"premise":"c","hypothesis":"d","label":0,"idx":0}'),
    });
    expect(examples).toEqual([
      { text: 'a', pair: 'b', label: 1, part: 'm' },
      { text: 'c', pair: 'd', label: 0, part: 'mm' },
    ]);
  });
});

describe('what cannot be read', () => {
  const good = lines('sentence\tlabel', 'fine\t1');

  test('is counted, and its first line named', () => {
    const bad = lines('sentence\tlabel', 'fine\t1', 'cut short', 'none\t-1', '', 'poor\t0');
    expect(read('glue-sst2', { 'SST-2/train.tsv': bad, 'SST-2/dev.tsv': good })).toMatchObject({
      train: [{ label: expect.any(Number) as number }, { label: expect.any(Number) as number }],
      warnings: ['SST-2/train.tsv: 3 of 5 lines left out as unreadable, the first at line 3 (1 fields instead of 2)'],
    });
  });

  test('in lines of JSON, too', () => {
    const bad = lines(
      '{"sentence":"fine","label":1}',
      '{"sentence":',
      '{"label":1}',
      '{"sentence":"a","label":7}',
      '[]',
    );
    const files = { 'SST-2/train.jsonl': bad, 'SST-2/dev.tsv': good };
    expect(read('glue-sst2', files).warnings).toEqual([
      'SST-2/train.jsonl: 4 of 5 lines left out as unreadable, the first at line 2 (no JSON object)',
    ]);
  });

  test.each([
    ['a missing file', {}, 'glue-sst2 needs SST-2/train.tsv'],
    ['a test set, which has no labels', { dev: lines('index\tsentence', '0\tfine') }, 'must have a column "label"'],
    ['a file of nothing', { dev: '' }, 'must have a column "sentence"'],
    ['a file without a good line', { dev: lines('sentence\tlabel', 'fine\tgood') }, 'line 2 has label "good"'],
  ])('is refused: %s', (_, { dev }: { readonly dev?: string }, words) => {
    const files = dev === undefined ? {} : { 'SST-2/train.tsv': good, 'SST-2/dev.tsv': dev };
    expect(() => read('glue-sst2', files)).toThrow(UserError);
    expect(() => read('glue-sst2', files)).toThrow(words);
  });

  test('a score of STS-B outside 0 to 5 is no score', () => {
    const header = 'sentence1\tsentence2\tscore';
    const text = lines(header, 'a\tb\t5.000', 'a\tb\t5.1', 'a\tb\t', 'a\tb\tx');
    const { test: examples, warnings } = read('glue-stsb', { 'STS-B/train.tsv': text, 'STS-B/dev.tsv': text });
    expect(examples).toEqual([{ text: 'a', pair: 'b', target: 5 }]);
    expect(warnings?.[0]).toContain('3 of 4 lines');
  });
});

test('training examples come in a fixed order that is not that of the file', () => {
  const text = lines('sentence\tlabel', ...Array.from({ length: 50 }, (_, index) => `line ${index}\t${index % 2}`));
  const files = { 'SST-2/train.tsv': text, 'SST-2/dev.tsv': text };
  const [first, again] = [read('glue-sst2', files), read('glue-sst2', files)];
  expect(first.train).toEqual(again.train);
  expect(first.train).not.toEqual(first.test);
  expect(first.train.map(({ text: one }) => one).toSorted()).toEqual(first.test.map(({ text: one }) => one).toSorted());
});

// GLUE's leaderboard: two metrics of a task are averaged first, MNLI's two sets too, and the diagnostics are apart.
test.each([
  ['glue-cola', ['matthews']],
  ['glue-sst2', ['accuracy']],
  ['glue-mrpc', ['f1', 'accuracy']],
  ['glue-stsb', ['pearson', 'spearman']],
  ['glue-qqp', ['f1', 'accuracy']],
  ['glue-mnli', ['accuracy_m', 'accuracy_mm']],
  ['glue-qnli', ['accuracy']],
  ['glue-rte', ['accuracy']],
  ['glue-wnli', ['accuracy']],
  ['glue-ax', []],
])('%s counts in the average by %s', (name, wanted) => {
  const task = glue.find((one) => one.name === name)!;
  expect(countingMetrics(task.metrics).map((metric) => metric.name)).toEqual(wanted);
});

test('MNLI scores its two sets apart', () => {
  const mnli = glue.find(({ name }) => name === 'glue-mnli')! as Extract<
    (typeof glue)[number],
    { kind: 'classification' }
  >;
  const example = (label: number, part: string) => ({ text: '', pair: '', label, part });
  const examples = [example(0, 'm'), example(1, 'm'), example(2, 'mm')];
  expect(mnli.score([0, 2, 2], examples)).toEqual({ accuracy_m: 0.5, accuracy_mm: 1 });
});

test('no name of a file stands for two files of a task', () => {
  for (const { name, files } of glue) {
    const names = files.flatMap(namesOf);
    expect(new Set(names).size, name).toBe(names.length);
  }
});
