import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { settleEngine } from '../../src/engine/settle.ts';

// Where no engine is installed. What an installed one changes is tested where there is one.
const empty = mkdtempSync(join(tmpdir(), 'growbench-'));
const nothing = { GROWBENCH_HOME: empty };
afterAll(() => {
  rmSync(empty, { recursive: true });
});

test('auto takes the embedded engine where no other is installed', () => {
  expect(settleEngine('auto', nothing)).toBe('wasm');
});

test('an engine that is named and not there is refused with the command that brings it', () => {
  expect(() => settleEngine('tensorflow', nothing)).toThrow('no TensorFlow engine is installed');
});
