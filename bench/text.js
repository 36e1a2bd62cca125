// What text costs: a file tokenized alone, prepared as a corpus (read, cut, cleared of held-out text, written), and a
// vocabulary learned from it. node bench/text.js [--megabytes N] [--no-vocabulary]: after `npm run build`. The text is
// that of the shipped corpora, its sentences drawn anew, with a name that nobody has in every fourth.
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { corpora, openCorpus } from '../dist/text/corpora/index.js';
import { prepareCorpus } from '../dist/text/prepare.js';
import { drawsAt, PURPOSE } from '../dist/text/random.js';
import { openTokenizer } from '../dist/text/tokenizer.js';
import { trainVocabulary } from '../dist/text/train-vocabulary.js';

/* global AbortController */
const { values: options } = parseArgs({
  options: { megabytes: { type: 'string', default: '100' }, 'no-vocabulary': { type: 'boolean', default: false } },
});
const folder = mkdtempSync(join(tmpdir(), 'growbench-bench-'));
const path = join(folder, 'text.txt');
try {
  await writeText(Number(options.megabytes) * 1e6);
  await tokenizing();
  await preparing();
  if (!options['no-vocabulary']) await learning();
} finally {
  rmSync(folder, { recursive: true });
}

async function writeText(bytes) {
  const sentences = [];
  for (const corpus of corpora) {
    for await (const { passages } of corpus.documents()) sentences.push(...passages.flat());
  }
  const draws = drawsAt(1, PURPOSE.order, 0);
  const name = () => Array.from({ length: 4 + draws.below(7) }, () => 'aeioubcdfghlmnprst'[draws.below(18)]).join('');
  const file = openSync(path, 'w');
  for (let done = 0; done < bytes;) {
    const lines = Array.from({ length: 10_000 }, () => {
      const sentence = sentences[draws.below(sentences.length)];
      return `${sentence}${draws.below(4) === 0 ? ` ${name()}` : ''}${draws.below(20) === 0 ? '\n' : ''}\n`;
    });
    done += writeSync(file, lines.join(''));
  }
  closeSync(file);
}

async function tokenizing() {
  const tokenizer = openTokenizer(4000);
  const texts = [];
  for await (const { passages } of openCorpus(path).documents()) {
    texts.push(passages.flat().join(' '));
    if (texts.length === 20_000) break;
  }
  await clocked('tokenizing alone', async () => {
    let tokens = 0;
    for (let at = 0; at < texts.length; at += 100) {
      for (const ids of await tokenizer.ids(texts.slice(at, at + 100))) tokens += ids.length;
    }
    return tokens;
  });
}

async function preparing() {
  const prepare = (file, cache) => prepareCorpus([file], 4000, join(folder, cache), () => undefined);
  // What every process does once (finding the text of all test examples) is not part of the rate.
  await prepare(openCorpus('sotu').files()[0], 'first').catch(() => undefined);
  await clocked('preparing a corpus', async () => {
    const { train, validation } = await prepare(path, 'cache');
    return train.length + validation.length;
  });
  const peak = process.resourceUsage().maxRSS / 1024;
  console.log(`most resident memory until here: ${peak.toFixed(0)} MB, of a text of ${options.megabytes} MB`);
}

async function learning() {
  const { signal } = new AbortController();
  const request = { corpora: [path], size: 30_000, cased: false, out: join(folder, 'vocab.txt'), signal };
  await clocked('learning 30,000 entries', async () => {
    const { words } = await trainVocabulary({ ...request, onEvent: () => undefined });
    return words;
  });
}

/** Processor time is that of all threads. */
async function clocked(what, work) {
  const start = [performance.now(), process.cpuUsage()];
  const count = await work();
  const wall = (performance.now() - start[0]) / 1000;
  const { user, system } = process.cpuUsage(start[1]);
  const cpu = (user + system) / 1e6;
  const rate = (count / cpu / 1e6).toFixed(2);
  console.log(`${what}: ${wall.toFixed(1)} s, ${cpu.toFixed(1)} s of processors, ${rate} M a second of them`);
}
