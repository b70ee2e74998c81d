import { createRequire } from 'node:module';
import { defineConfig } from 'vitest/config';

const decorators = { decorator: { legacy: true, emitDecoratorMetadata: true } } as const;

// As Node itself: graphql has a second build in its "module" field, and two copies of it refuse each other's types.
const resolve = { alias: [{ find: /^graphql$/, replacement: createRequire(import.meta.url).resolve('graphql') }] };

export default defineConfig({
  oxc: decorators,
  test: {
    maxWorkers: 2,
    pool: 'forks',
    testTimeout: 30_000,
    hookTimeout: 90_000,
    projects: [
      // The integration tests share their worker's process: the product is imported twice instead of forty times.
      { oxc: decorators, resolve, test: { name: 'unit', include: ['test/unit/**/*.test.ts', 'test/*.test.ts'], testTimeout: 30_000, hookTimeout: 60_000 } },
      {
        oxc: decorators,
        resolve,
        test: { name: 'integration', include: ['test/integration/**/*.test.ts', 'test/contract/**/*.test.ts'], globalSetup: ['test/support/global-setup.ts'], setupFiles: ['test/support/leftovers.ts'], isolate: false, testTimeout: 180_000, hookTimeout: 180_000 },
      },
      // These start the built product as processes of its own: dist must be there (npm test builds first).
      { oxc: decorators, resolve, test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], setupFiles: ['test/support/leftovers.ts'], testTimeout: 300_000, hookTimeout: 120_000 } },
    ],
  },
});
