import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/contract/dynamodb-*', 'test/contract/s3-*', 'test/local/**'],
          pool: 'threads',
          // Each file is pure but for what it builds itself; the CDK and zod are loaded once a thread, not once a file.
          isolate: false,
        },
      },
      {
        test: {
          name: 'emulator',
          include: ['test/local/**/*.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts', 'test/contract/{dynamodb,s3}-*.test.ts'],
          globalSetup: ['test/support/deployment.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
    coverage: { provider: 'v8', include: ['core/**/*.ts'] },
  },
});
