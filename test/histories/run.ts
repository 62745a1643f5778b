import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectNode, projectRoot } from '../../local/project-root.ts';

/**
 * `npm run histories [-- IN_MEMORY [ON_EMULATOR]]`: so many random histories on the adapters in memory, and on the
 * emulator's DynamoDB; none of either with 0. @default 5000 and 100
 */
const [, , inMemory = '5000', onEmulator = '100'] = process.argv;

const vitest = join(projectRoot, 'node_modules/vitest/vitest.mjs');

async function run(project: string, file: string, variables: Record<string, string>): Promise<number> {
  const child = spawn(projectNode, [vitest, 'run', '--project', project, file], {
    cwd: projectRoot,
    env: { ...process.env, ...variables },
    stdio: 'inherit',
  });
  return await new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}

const unit = inMemory === '0' ? 0 : await run('unit', 'test/histories', { TASKLANE_HISTORIES: inMemory });
const e2e =
  onEmulator === '0'
    ? 0
    : await run('e2e', 'test/e2e/histories.test.ts', { TASKLANE_HISTORIES_ON_EMULATOR: onEmulator });
process.exitCode = unit === 0 && e2e === 0 ? 0 : 1;
