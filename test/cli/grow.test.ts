import { describe, expect, test } from 'vitest';
import type { GrowReport, GrowRequest } from '../../src/checkpoint/grower.ts';
import { main } from '../../src/cli/main.ts';
import { UserError } from '../../src/errors.ts';
import { UNREDUCED, type ModelShape } from '../../src/growth/layout.ts';
import { recordedIo, type RecordedIo } from './recorded-io.ts';

const from: ModelShape = {
  ...{ layers: 6, hidden: 384, heads: 12, ffn: 1536, vocab: 30522, positions: 512, norm: 'post', length: 128 },
  ...UNREDUCED,
};
const report: GrowReport = {
  from,
  to: { ...from, layers: 12, ffn: 3072 },
  parameters: { before: 22_700_000, after: 47_600_000 },
  operators: [
    { name: 'stack', keepsFunction: false },
    { name: 'ffn-share', keepsFunction: true },
  ],
  loss: { before: 2.5, after: 3.25, tokens: 4864, length: 128, text: 'notes.txt', engine: 'wasm' },
  unmeasured: null,
  out: 'grown',
};

async function grow(argv: readonly string[], result: Partial<GrowReport> | Error = {}) {
  const requests: GrowRequest[] = [];
  const io: RecordedIo = recordedIo({
    columns: 60,
    env: { NO_COLOR: '1' },
    grower: (request) => {
      requests.push(request);
      request.onEvent({ type: 'read', leftOut: ['pooler.dense.bias', 'pooler.dense.weight'], missing: [] });
      request.onEvent({ type: 'measured', when: 'before', loss: 2.5 });
      if (result instanceof Error) return Promise.reject(result);
      return Promise.resolve({ ...report, ...result });
    },
  });
  const code = await main(['grow', 'bert', ...argv], io);
  return { code, out: io.stdout.text, err: io.stderr.text, requests };
}

const BOTH = ['--operator', 'stack', '--operator', 'ffn-share', '--to', 'layers=12,ffn=3072', '-o', 'grown'];

describe('growbench grow', () => {
  test('shows what changed and what it did to the loss; what was left out on stderr', async () => {
    const { code, out, err } = await grow(BOTH);
    expect(code).toBe(0);
    expect(out).toBe(
      [
        '            before  after',
        'layers           6     12',
        'ffn           1536   3072',
        'parameters   22.7M  47.6M',
        'loss         2.500  3.250',
        '',
        'stack changes the function; ffn-share keeps the function.',
        'Loss in nats per masked token, over 4864 masked tokens in',
        'sequences of 128 (notes.txt).',
        '',
      ].join('\n'),
    );
    expect(err).toContain('left out of bert: pooler.dense.bias, pooler.dense.weight\n');
    expect(err).toContain('The grown checkpoint is in grown\n');
  });

  test('hands on operators, sizes, text, engine and seed as they were given', async () => {
    const { requests } = await grow([
      ...['--operator', 'stack', '--to', 'layers=12', '--operator', 'ffn-share', '--to', 'ffn=3072'],
      ...['--out', 'grown', '--text', 'a.txt', '--engine', 'wasm', '--seed', '7'],
    ]);
    expect(requests[0]).toMatchObject({
      ...{ folder: 'bert', out: 'grown', operators: ['stack', 'ffn-share'], sizes: { layers: 12, ffn: 3072 }, seed: 7 },
      measure: { text: 'a.txt', engine: { name: 'wasm' } },
    });
    expect((await grow(BOTH)).requests[0]!.measure).toMatchObject({ text: null, engine: { name: 'wasm' } });
    expect((await grow([...BOTH, '--no-loss'])).requests[0]!.measure).toBeNull();
  });

  test('says why there is no loss, where there is none', async () => {
    const { out } = await grow(BOTH, { loss: null, unmeasured: 'the checkpoint has no masked-LM head' });
    expect(out.replaceAll('\n', ' ')).toContain('No loss: the checkpoint has no masked-LM head.');
    expect(out).not.toMatch(/^loss +\d/m);
  });

  test('prints the report as JSON', async () => {
    expect(JSON.parse((await grow([...BOTH, '--json'])).out)).toEqual(report);
  });

  test("tells the user's mistake and exits with 2", async () => {
    const { code, out, err } = await grow(BOTH, new UserError('grown exists already.', 'Name another.'));
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('growbench: grown exists already.\n  Name another.\n');
  });

  test('stopped by Ctrl-C says so and exits with 75', async () => {
    const io: RecordedIo = recordedIo({
      grower: ({ signal }) => {
        io.interrupt();
        return Promise.reject(signal.reason as Error);
      },
    });
    expect(await main(['grow', 'bert', ...BOTH], io)).toBe(75);
    expect(io.stderr.text).toBe('growbench: stopped; nothing was written\n');
  });

  test.each([
    [['--operator', 'stack', '--to', 'layers', '-o', 'x'], 'It must be a whole number'],
    [['--operator', 'stack', '--to', 'layers=1e3', '-o', 'x'], 'It must be a whole number'],
    [['--operator', 'stack', '--to', 'layers=0', '-o', 'x'], 'layers must be from 1 to 100000'],
    [['--operator', 'stack', '--to', 'depth=3', '-o', 'x'], 'Sizes are layers, hidden, heads, ffn'],
    [['--operator', 'stack', '--to', 'layers=3', '--to', 'layers=4', '-o', 'x'], 'It gives layers twice'],
    [['--operator', 'stack', '--to', 'layers=3'], "required option '-o, --out <folder>' not specified"],
    [['--to', 'layers=3', '-o', 'x'], "required option '--operator <name>' not specified"],
  ])('refuses %j', async (argv, message) => {
    const { code, err, requests } = await grow(argv);
    expect([code, requests]).toEqual([2, []]);
    expect(err).toContain(message);
  });
});
