// Holds the quickstart's table to what its sweep file promises: every arm there, every cell done, the FLOPs the plan's,
// the masked-LM loss below what a table of word frequencies reaches.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const read = (file) => readFileSync(`results/quickstart/${file}`, 'utf8').trimEnd().split('\n');
const table = (file) => {
  const [header, ...rows] = read(file).map((line) => line.split(','));
  return rows.map((row) => Object.fromEntries(header.map((name, column) => [name, row[column]])));
};

const plan = JSON.parse(
  execFileSync(process.execPath, ['bin/growbench.js', 'plan', 'experiments/quickstart.yaml', '--json'], {
    encoding: 'utf8',
  }),
);
const rows = table('results.csv');
assert.deepEqual(
  rows.map(({ arm }) => arm),
  plan.arms.map(({ arm }) => arm.name),
);
for (const [index, row] of rows.entries()) {
  const { flops, speedupFlops } = plan.arms[index];
  assert.equal(Number(row.n), plan.comparison.seeds.length, `${row.arm}: every seed counts`);
  assert.equal(Number(row.failed), 0, `${row.arm}: no cell failed`);
  assert.ok(Math.abs(Number(row.flops) / flops - 1) < 1e-6, `${row.arm}: measured FLOPs are the planned ones`);
  assert.ok(Math.abs(Number(row.speedup_flops) - speedupFlops) < 1e-3, `${row.arm}: and so is the speedup`);
}
assert.equal(table('cells.csv').length, plan.cells.length, 'one row a cell');
JSON.parse(read('results.meta.json').join('\n'));
console.log(`quickstart: ${rows.length} arms, ${plan.cells.length} cells, as planned`);
