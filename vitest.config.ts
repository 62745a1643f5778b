import { defineConfig, type UserWorkspaceConfig } from 'vitest/config';

/** Take grants away from functions, kill them and lose their answers: what runs beside has a deployment of its own. */
const DISRUPTIVE = 'test/e2e/disruptive/**/*.test.ts';

/** Files that share a deployment, one after the other. */
const onDeployment: UserWorkspaceConfig['test'] = {
  globalSetup: ['test/support/deployment.ts'],
  pool: 'forks',
  fileParallelism: false,
  testTimeout: 120_000,
  hookTimeout: 180_000,
};

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/contract/dynamodb-*', 'test/contract/s3-*', 'test/local/**'],
          pool: 'threads',
          // One fewer than the cores is the default: on a machine of two that leaves one idle.
          maxWorkers: '100%',
          // Each file is pure but for what it builds itself; the CDK and zod are loaded once a thread, not once a file.
          isolate: false,
          // Node strips the types itself, as everywhere outside of tests: a fifth of the time less.
          experimental: { viteModuleRunner: false },
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
          exclude: [DISRUPTIVE],
          ...onDeployment,
        },
      },
      { test: { name: 'disruptive', include: [DISRUPTIVE], ...onDeployment } },
    ],
    coverage: { provider: 'v8', include: ['core/**/*.ts'] },
  },
});
