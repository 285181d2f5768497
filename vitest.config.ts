import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    setupFiles: ['test/support/plain-text.setup.ts'],
    // `unit` needs no build; `product` runs the built package, which its set-up brings up to date.
    projects: [
      { extends: true, test: { name: 'unit', include: ['src/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'product',
          include: ['test/**/*.test.ts'],
          globalSetup: ['test/support/build.setup.ts'],
        },
      },
    ],
    // Tests wait for conditions, never for time: these only end what hangs, on the slowest machine too.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 120_000 } },
    pool: 'forks',
    // The main process does little once a file runs, so both cores of a small machine can run tests.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});
