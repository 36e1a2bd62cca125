import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { glue } from '../../src/tasks/glue/index.ts';
import { tasks } from '../../src/tasks/index.ts';
import { classFile, handedIn, numberFile, textFile } from '../../src/tasks/predictions.ts';
import { namesOf, type ClassificationTask, type RegressionTask, type SpanTask } from '../../src/tasks/task.ts';

const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`;
const sets = glue.flatMap((task) => ('unlabelled' in task ? (task.unlabelled ?? []) : []));
const setOf = (output: string) => sets.find((set) => set.output === output)!;
const read = (output: string, file: string, text: string) => setOf(output).examples(new Map([[file, text]]));

/** Two lines of every test file in the dialect that GLUE ships it in, and what they ask. */
const MNLI_TEST =
  'index\tpromptID\tpairID\tgenre\tsentence1_binary_parse\tsentence2_binary_parse\tsentence1_parse\tsentence2_parse\tsentence1\tsentence2';
const DIALECTS: readonly (readonly [output: string, file: string, text: string, wanted: object, written: string])[] = [
  [
    'CoLA.tsv',
    'CoLA/test.tsv',
    // With a line of names, unlike CoLA's other files.
    lines('index\tsentence', '0\tBill whistled past the house.'),
    { index: '0', text: 'Bill whistled past the house.' },
    '1',
  ],
  [
    'SST-2.tsv',
    'SST-2/test.tsv',
    lines('index\tsentence', '7\ta "charm \t'.trimEnd()),
    { index: '7', text: 'a "charm' },
    '1',
  ],
  [
    'MRPC.tsv',
    'MRPC/test.tsv',
    `\u{feff}${lines('index\t#1 ID\t#2 ID\t#1 String\t#2 String', '3\t17\t18\t"He said .\tHe said " yes .')}`,
    { index: '3', text: '"He said .', pair: 'He said " yes .' },
    '1',
  ],
  [
    'STS-B.tsv',
    'STS-B/test.tsv',
    lines(
      'index\tgenre\tfilename\tyear\told_index\tsource1\tsource2\tsentence1\tsentence2',
      '0\tmain-captions\tMSRvid\t2012test\t0024\tnone\tnone\tA girl styles.\tA girl brushes.',
    ),
    { index: '0', text: 'A girl styles.', pair: 'A girl brushes.' },
    '1.000',
  ],
  [
    'QQP.tsv',
    'QQP/test.tsv',
    lines('id\tquestion1\tquestion2', '5\tWhat is ""a""?\tWhy?'),
    { index: '5', text: 'What is ""a""?', pair: 'Why?' },
    '1',
  ],
  [
    'MNLI-m.tsv',
    'MNLI/test_matched.tsv',
    lines(MNLI_TEST, '0\t31493\t31493\ttravel\t(a)\t(b)\t(c)\t(d)\tIt rains.\tIt snows.'),
    { index: '0', text: 'It rains.', pair: 'It snows.' },
    'neutral',
  ],
  [
    'MNLI-mm.tsv',
    'MNLI/test_mismatched.tsv',
    lines(MNLI_TEST, '9\t1\t1\tverbatim\t(a)\t(b)\t(c)\t(d)\tIt rains.\tIt snows.'),
    { index: '9', text: 'It rains.', pair: 'It snows.' },
    'neutral',
  ],
  [
    'QNLI.tsv',
    'QNLI/test.tsv',
    lines('index\tquestion\tsentence', '0\tWho?\tNobody did.'),
    { index: '0', text: 'Who?', pair: 'Nobody did.' },
    'not_entailment',
  ],
  [
    'RTE.tsv',
    'RTE/test.tsv',
    lines('index\tsentence1\tsentence2', '0\tIt rains.\tIt is wet.'),
    { index: '0', text: 'It rains.', pair: 'It is wet.' },
    'not_entailment',
  ],
  [
    'WNLI.tsv',
    'WNLI/test.tsv',
    lines('index\tsentence1\tsentence2', '0\tI put it in.\tI put the pin in.'),
    { index: '0', text: 'I put it in.', pair: 'I put the pin in.' },
    '1',
  ],
  [
    'AX.tsv',
    'diagnostic/diagnostic.tsv',
    lines('index\tsentence1\tsentence2', '0\tThe cat sat.\tThe cat did not sit.'),
    { index: '0', text: 'The cat sat.', pair: 'The cat did not sit.' },
    'neutral',
  ],
];

describe('the test sets of GLUE', () => {
  test.each(DIALECTS)('%s is read as it is, and predicted in its words', (output, file, text, wanted, written) => {
    expect(read(output, file, text)).toEqual({ examples: [wanted], warnings: [] });
    expect(setOf(output).written(1)).toBe(written);
  });

  test('are all that the leaderboard asks for', () => {
    expect(DIALECTS.map(([output]) => output).toSorted()).toEqual(sets.map(({ output }) => output).toSorted());
    expect(sets.length).toBe(11);
  });

  test('come from files of other names than those with labels', () => {
    const labelled = new Set(tasks.flatMap(({ files }) => files.flatMap(namesOf)));
    expect(sets.flatMap(({ file }) => namesOf(file)).filter((name) => labelled.has(name))).toEqual([]);
  });

  test('and as the hub has them: with labels of -1, and indices that may be numbers', () => {
    const text = lines('{"premise":"a","hypothesis":"b","label":-1,"idx":12}', '{"premise":"c","hypothesis":"d"}');
    expect(read('MNLI-m.tsv', 'mnli/test_matched.jsonl', text).examples).toEqual([
      { index: '12', text: 'a', pair: 'b' },
      { index: '1', text: 'c', pair: 'd' },
    ]);
  });

  test('count lines that cannot be read, and name the first', () => {
    const { examples, warnings } = read(
      'RTE.tsv',
      'RTE/test.tsv',
      lines('index\tsentence1\tsentence2', '0\ta\tb', '1\ta'),
    );
    expect(examples.map(({ index }) => index)).toEqual(['0']);
    expect(warnings).toEqual([
      'RTE/test.tsv: 1 of 2 lines left out as unreadable, the first at line 3 (2 fields instead of 3)',
    ]);
  });

  test('are refused without the columns that they need', () => {
    expect(() => read('RTE.tsv', 'RTE/test.tsv', lines('index\tsentence1', '0\ta'))).toThrow(UserError);
  });

  test('are handed in with their own indices, STS-B between 0 and 5', () => {
    const examples = ['4', '2', '9'].map((index) => ({ index, text: '', pair: '' }));
    expect(handedIn(setOf('STS-B.tsv'), examples, [-0.25, 2.5, 5.7])).toEqual({
      name: 'STS-B.tsv',
      text: 'index\tprediction\n4\t0.000\n2\t2.500\n9\t5.000\n',
    });
    expect(handedIn(setOf('RTE.tsv'), examples, [0, 1, 0]).text).toBe(
      'index\tprediction\n4\tentailment\n2\tnot_entailment\n9\tentailment\n',
    );
  });
});

test('predictions of examples with labels stand beside them', () => {
  const about = { name: 'some' };
  const classes = { ...about, labels: ['no', 'yes'] } as unknown as ClassificationTask;
  expect(classFile(classes, [{ text: 'a', label: 1 }], [0])).toEqual({
    name: 'some.tsv',
    text: 'index\tprediction\tlabel\n0\tno\tyes\n',
  });
  const numbers = about as unknown as RegressionTask;
  expect(numberFile(numbers, [{ text: 'a', target: 2 }], [1.5]).text).toBe('index\tprediction\tlabel\n0\t1.5\t2\n');
  const spans = about as unknown as SpanTask;
  const example = { question: '', passage: '', start: 0, end: 1, answers: ['a tab\tand a\nline'] };
  const said = [{ text: 'over\r\nlines', noAnswer: -1 }];
  expect(textFile(spans, [example], said).text).toBe('index\tprediction\tlabel\n0\tover lines\ta tab and a line\n');
});
