import { join } from 'node:path';
import { routeToApi } from '../local/api-url.ts';
import { bootstrap, deploySynthesized, type StackOutputs, synthesize } from '../local/deploy.ts';
import { type Emulator, startEmulator } from '../local/emulator.ts';
import { findFreePort } from '../local/ports.ts';
import { fetchToken } from '../local/tokens.ts';

/** The stage `local`, deployed to an emulator of the bench's own. */
export interface BenchDeployment {
  readonly emulator: Emulator;
  /** The emulator, and what stands before `/api/v1`. */
  readonly url: string;
  readonly outputs: StackOutputs;
  /** Of the role admin. */
  readonly token: string;
  readonly stop: () => Promise<void>;
}

/** Starts an emulator on a free port and deploys to it, as the end-to-end tests do. */
export async function deployForBench(directory: string): Promise<BenchDeployment> {
  const port = await findFreePort();
  const options = { endpoint: `http://localhost:${port}`, stage: 'local', outDir: join(directory, 'deploy') };
  const emulator = await startEmulator({ port, directory: join(directory, 'emulator'), testControls: true });
  try {
    await Promise.all([synthesize(options), bootstrap(options)]);
    const outputs = await deploySynthesized(options);
    const token = await fetchToken(emulator.url, outputs, 'admin');
    return { emulator, url: await routeToApi(emulator.url, outputs), outputs, token, stop: emulator.stop };
  } catch (error) {
    await emulator.stop();
    throw error;
  }
}
