import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // Two cores are the smallest machine the project promises to work on.
    maxWorkers: 2,
    testTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'wasm', include: ['test/**/*.test.ts', 'test/**/*.test.tsx'] } },
      {
        extends: true,
        test: {
          // Everything that trains or compiles, once more on the native engine.
          name: 'tensorflow',
          include: [
            'test/train/**/*.test.ts',
            'test/growth/contract.test.ts',
            'test/engine/program.test.ts',
            'test/engine/install/probe.test.ts',
          ],
          // These open the engines that they need themselves.
          exclude: ['entering', 'learn-growth', 'grown-tensors', 'grow-checkpoint', 'pair-training'].map(
            (name) => `test/train/${name}.test.ts`,
          ),
          env: { GROWBENCH_TEST_ENGINE: 'tensorflow' },
          setupFiles: ['test/engine/require-engine.ts'],
        },
      },
    ],
  },
});
