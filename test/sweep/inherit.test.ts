import { describe, expect, test } from 'vitest';
import { loadText } from './folder.ts';

const PARENT = `# What does the parent ask?
seeds: 2
base:
  model: { layers: 4, hidden: 64, heads: 4 }
  data: { corpus: [texts/own.txt] }
  train: { steps: 1000, rate: 1e-3, batch: 8 }
arms:
  full:
  stack: { schedule: [{ steps: 70%, depth: { stack: 2 } }, { steps: 30% }] }
`;

describe('a sweep that extends another', () => {
  test('is laid over it: mappings key by key, lists as a whole', async () => {
    const loaded = await loadText(
      `extends: parent.yaml
base: { train: { batch: 16 } }
arms:
  stack: { schedule: [{ steps: 50%, depth: { stack: 1 } }, { steps: 50% }] }
  share: { schedule: [{ steps: 50%, width: { ffn-share: 2 } }, { steps: 50% }] }
`,
      [],
      { 'parent.yaml': PARENT.replace('texts/own.txt', 'wordnet') },
    );
    expect(loaded.question).toBe('What does the parent ask?');
    expect(loaded.seeds).toEqual([0, 1]);
    expect(loaded.arms.map(({ name }) => name)).toEqual(['full', 'stack', 'share']);
    expect(loaded.arms[0]!.settings.train).toMatchObject({ steps: 1000, rate: 1e-3, batch: 16 });
    expect(loaded.arms[1]!.settings.schedule.map(({ share }) => share)).toEqual([0.5, 0.5]);
  });

  test('gives its budget in place of the other', async () => {
    const { arms } = await loadText('extends: parent.yaml\nbase: { train: { flops: 1e12 } }\n', [], {
      'parent.yaml': PARENT.replace('texts/own.txt', 'wordnet'),
    });
    expect(arms[0]!.settings.train.steps).not.toBe(1000);
    const files = {
      'parent.yaml': PARENT.replace('texts/own.txt', 'wordnet').replace('full:', 'full: { train: { steps: 500 } }'),
    };
    const text = 'extends: parent.yaml\nvary: [train.steps, schedule]\narms: { full: { train: { flops: 1e12 } } }\n';
    const other = await loadText(text, [], files);
    expect(other.arms[0]!.settings.train.steps).toBe(arms[0]!.settings.train.steps);
  });

  test('shows a fault in the file that it is written in', async () => {
    const load = loadText('# Ours\nextends: parent.yaml\nbase: { model: { heads: 5 } }\n', [], {
      'parent.yaml': PARENT,
    });
    await expect(load).rejects.toThrow(/parent\.yaml:5:20: base\.data\.corpus\[0\] must be a file that exists/);
    await expect(load).rejects.toThrow(/sweep\.yaml:3:25: heads must divide hidden, got 5 heads/);
  });

  test.each([
    ['extends: sweep.yaml\n', 'extends must not lead back to this file, got "sweep.yaml"'],
    ['extends: none.yaml\n', 'extends must be a sweep file, but'],
    ['extends: 3\n', 'extends must be the path of a sweep file'],
    ['extends: other.yaml\n', 'other.yaml:1:10: extends must not lead back to this file'],
    ['extends: torn.yaml\n', 'torn.yaml:2:'],
  ])('%j is refused in words', async (text, message) => {
    const files = { 'other.yaml': 'extends: sweep.yaml\n', 'torn.yaml': 'base: {\n' };
    await expect(loadText(text, [], files)).rejects.toThrow(message);
  });
});

describe('merge keys', () => {
  const sweep = (model: string, more = '') => `x-shared:
  - &small { layers: 4, hidden: 64, heads: 4 }
  - &wide { hidden: 128, norm: pre }
${more}base:
  model: ${model}
  train: { steps: 10, rate: 1e-3 }
arms: { full: {} }
`;
  const modelOf = async (text: string) => (await loadText(text)).arms[0]!.settings.model;

  test('stand for the keys that are not given beside them', async () => {
    expect(await modelOf(sweep('{ <<: *small, heads: 2 }'))).toMatchObject({ layers: 4, hidden: 64, heads: 2 });
    expect(await modelOf(sweep('{ heads: 2, <<: *small }'))).toMatchObject({ layers: 4, hidden: 64, heads: 2 });
  });

  test('of a list are taken from the first mapping that has them', async () => {
    expect(await modelOf(sweep('{ <<: [*wide, *small] }'))).toMatchObject({ layers: 4, hidden: 128, norm: 'pre' });
    expect(await modelOf(sweep('{ <<: [*small, *wide] }'))).toMatchObject({ layers: 4, hidden: 64, norm: 'pre' });
  });

  test('show a fault where it is written', async () => {
    await expect(modelOf(sweep('{ <<: *small, heads: 5 }'))).rejects.toThrow(/sweep\.yaml:5:31: heads must divide/);
    const bad = sweep('{ <<: *bad }', 'x-bad: &bad { layers: 4, hidden: 64, heads: many }\n');
    await expect(modelOf(bad)).rejects.toThrow(/sweep\.yaml:4:45: base\.model\.heads must be a whole number/);
  });

  test('must stand for mappings', async () => {
    await expect(modelOf(sweep('{ <<: 3, layers: 4, hidden: 64, heads: 4 }'))).rejects.toThrow(
      'a merge key must stand for a mapping, or for a list of them',
    );
  });
});
