import { defineConfig } from 'vitest/config';

// Flows: a real browser on a real server. One at a time: each has a server and a browser of its own.
export default defineConfig({
  test: {
    include: ['e2e/**/*.test.ts'],
    environment: 'node',
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
