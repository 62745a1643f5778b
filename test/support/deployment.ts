import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { bootstrap, deploySynthesized, type StackOutputs, synthesize } from '../../local/deploy.ts';
import { startEmulator } from '../../local/emulator.ts';
import { findFreePort } from '../../local/ports.ts';
import { fetchTokens, type Tokens } from '../../local/tokens.ts';

/** The deployment that the end-to-end tests share: an emulator of their own, IAM enforced, on a free port. */
export interface Deployment {
  readonly url: string;
  readonly outputs: StackOutputs;
  readonly tokens: Tokens;
  readonly emulatorLog: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    deployment: Deployment;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), 'tasklane-e2e-'));
  const port = await findFreePort();
  const options = { endpoint: `http://localhost:${port}`, stage: 'local', outDir: join(directory, 'deploy') };
  const [emulator] = await Promise.all([
    startEmulator({ port, directory: join(directory, 'emulator'), testControls: true }),
    synthesize(options),
  ]);
  const stop = async () => {
    await emulator.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    await bootstrap(options);
    const outputs = await deploySynthesized(options);
    const tokens = await fetchTokens(emulator.url, outputs);
    project.provide('deployment', { url: emulator.url, outputs, tokens, emulatorLog: emulator.logFile });
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
