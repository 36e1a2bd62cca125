import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    // Two cores are the smallest machine the project promises to work on.
    maxWorkers: 2,
    testTimeout: 60_000,
  },
});
