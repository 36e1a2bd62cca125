// Scores to hold a model's against, without any model: `npm run build && node bench/baselines.js`. The numbers it
// prints are the ones that stand in the task files; test/tasks/baselines.test.ts computes the majority's again.
import { shippedTasks } from '../dist/tasks/index.js';
import { loadExamples } from '../dist/text/task-data.js';

for (const task of shippedTasks) {
  const { train, test } = await loadExamples(task);
  console.log(`${task.name}: ${train.length} training and ${test.length} test examples`);
  const guesses = await guessesFor(task, train, test);
  for (const [name, predictions] of Object.entries(guesses)) {
    const scores = Object.entries(task.score(predictions, test)).map(
      ([metric, value]) => `${metric} ${value.toFixed(3)}`,
    );
    console.log(`  ${name.padEnd(14)} ${scores.join('  ')}`);
  }
}

function guessesFor(task, train, test) {
  if (task.kind === 'span') return spanGuesses(train, test);
  return task.kind === 'regression' ? numberGuesses(train, test) : classGuesses(train, test);
}

async function numberGuesses(train, test) {
  const mean = (values) => sum(values) / values.length;
  const all = mean(train.map(({ target }) => target));
  return {
    mean: test.map(() => all),
    overlap: test.map(({ text, pair }) => shared(words(text), words(pair))),
    topics: await targetsOfTopics(train.slice(0, 5000), test, mean),
  };
}

/** Words in common over the root of the product of both numbers of words. */
function shared(a, b) {
  const [first, second] = [new Set(a), new Set(b)];
  return [...first].filter((word) => second.has(word)).length / Math.sqrt(first.size * second.size);
}

/** What pairs of two topics come to on average, topics by naive Bayes on the training examples of wordnet-topic. */
async function targetsOfTopics(train, test, mean) {
  const topics = await loadExamples(shippedTasks.find(({ name }) => name === 'wordnet-topic'));
  const topicsOf = (pairs) => {
    const texts = pairs.flatMap(({ text, pair }) => [{ text }, { text: pair }]);
    const found = naiveBayes(topics.train, texts, pairFeatures);
    return pairs.map((_, index) =>
      found
        .slice(2 * index, 2 * index + 2)
        .sort()
        .join(),
    );
  };
  const known = new Map();
  for (const [index, key] of topicsOf(train).entries())
    known.set(key, [...(known.get(key) ?? []), train[index].target]);
  const all = mean(train.map(({ target }) => target));
  return topicsOf(test).map((key) => (known.has(key) ? mean(known.get(key)) : all));
}

function classGuesses(train, test) {
  const second = train.some(({ pair }) => pair !== undefined);
  return {
    majority: test.map(() => mostCommon(train.map(({ label }) => label))),
    'naive Bayes': naiveBayes(train, test, pairFeatures),
    ...(second && { 'pair alone': naiveBayes(train, test, ({ pair }) => words(pair)) }),
  };
}

function spanGuesses(train, test) {
  const counts = countAll(train.flatMap(({ passage }) => words(passage)));
  const rarity = (word) => Math.log(1e6 / ((counts.get(word) ?? 0) + 1));
  const answer = (text) => ({ text, noAnswer: -Infinity });
  return {
    'random word': test.map(({ passage }, index) => answer(words(passage)[(index * 7919) % words(passage).length])),
    overlap: test.map(({ question, passage }) => {
      const asked = new Set(words(question));
      const shared = (sentence) => sum([...new Set(words(sentence))].filter((word) => asked.has(word)).map(rarity));
      return answer(largest(words(largest(passage.split('\n'), shared)), rarity));
    }),
  };
}

function pairFeatures({ text, pair }) {
  if (pair === undefined) return words(text);
  const first = new Set(words(text));
  const both = words(pair).filter((word) => first.has(word));
  return [...words(text).map((word) => `a:${word}`), ...words(pair).map((word) => `b:${word}`), ...both];
}

/** Multinomial naive Bayes on word counts, add-one smoothing. */
function naiveBayes(train, test, features) {
  const labels = [...new Set(train.map(({ label }) => label))].sort((a, b) => a - b);
  const vocabulary = new Set(train.flatMap(features));
  const models = labels.map((label) => {
    const own = train.filter((example) => example.label === label);
    const counts = countAll(own.flatMap(features));
    const total = sum([...counts.values()]) + vocabulary.size;
    const score = (word) => (vocabulary.has(word) ? Math.log(((counts.get(word) ?? 0) + 1) / total) : 0);
    return { label, prior: Math.log(own.length / train.length), score };
  });
  return test.map((example) => {
    const found = features(example);
    return largest(models, ({ prior, score }) => prior + sum(found.map(score))).label;
  });
}

function words(text) {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

function countAll(items) {
  const counts = new Map();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return counts;
}

function mostCommon(items) {
  const counts = countAll(items);
  return largest([...counts.keys()], (item) => counts.get(item));
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

/** The first item with the largest value. */
function largest(items, valueOf) {
  return items.reduce((best, item) => (valueOf(item) > best.value ? { item, value: valueOf(item) } : best), {
    item: items[0],
    value: -Infinity,
  }).item;
}
