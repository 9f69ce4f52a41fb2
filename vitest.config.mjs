import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/*.test.ts', 'test/conformance/**/*.test.ts'],
    environment: 'node',
    globalSetup: ['scripts/just-bash.mjs'],
    setupFiles: ['test/shell-library.mjs'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Two workers: the project is developed on small machines, and a property test is CPU-bound.
    maxWorkers: 2,
  },
});
