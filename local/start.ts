import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { apiUrlsOf, routeToApi, waitForApi } from './api-url.ts';
import { bootstrap, deploySynthesized, type StackOutputs, synthesize } from './deploy.ts';
import { type Emulator, startEmulator } from './emulator.ts';
import { examplesFor } from './examples.ts';
import type { Lifetime } from './lifetime.ts';
import { localOutputs, outputsFile, writeOutputs } from './outputs.ts';
import { readPort, requireFreePort } from './ports.ts';
import { findPython, installEmulator, type Python } from './python.ts';
import type { Steps } from './steps.ts';
import { fetchTokens } from './tokens.ts';
import { deployDirectory, workDirectory } from './work-directory.ts';

interface Machine {
  readonly port: number;
  readonly python: Python;
}

/** What our own local AWS needs of the machine, told before anything takes time. */
const checkMachine = async (steps: Steps): Promise<Machine> => {
  const port = readPort(process.env);
  const python = await findPython(process.env);
  await requireFreePort(port);
  steps.tell(`Python ${python.version}, port ${port}`);
  return { port, python };
};

const startOwn = async ({ port, python }: Machine, steps: Steps, lifetime: Lifetime): Promise<Emulator> => {
  await steps.run('Local AWS installed', () => installEmulator(python));
  const directory = join(workDirectory(`http://localhost:${port}`), 'emulator');
  const emulator = await steps.run('Local AWS started', () => startEmulator({ port, directory }));
  emulator.ended.then(() => {
    if (lifetime.signal.aborted) return;
    console.error(`The local AWS has ended by itself; its log is ${emulator.logFile}.`);
    lifetime.end(1);
  });
  return emulator;
};

/** Makes the API reachable and writes the outputs file; returns the API's address. */
const openApi = async (
  endpoint: string,
  isOwn: boolean,
  outputs: StackOutputs,
  signal: AbortSignal,
): Promise<string> => {
  const apiUrls = isOwn ? [await routeToApi(endpoint, outputs)] : apiUrlsOf(endpoint, outputs);
  const tokens = await fetchTokens(endpoint, outputs);
  const apiUrl = await waitForApi(apiUrls, signal);
  writeOutputs(outputsFile, localOutputs(outputs, { apiUrl, emulatorUrl: endpoint, tokens }));
  return apiUrl;
};

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

/**
 * Runs the whole of Tasklane on this machine until the lifetime ends: starts the local AWS, or takes the one that
 * TASKLANE_ENDPOINT names, deploys to it, and tells how to use it.
 */
export const runLocal = async (steps: Steps, lifetime: Lifetime): Promise<void> => {
  const { signal } = lifetime;
  const given = process.env.TASKLANE_ENDPOINT?.replace(/\/$/, '');
  const machine = given === undefined ? await checkMachine(steps) : undefined;
  rmSync(outputsFile, { force: true });
  const endpoint = given ?? `http://localhost:${machine?.port}`;
  const options = { endpoint, stage: 'local', outDir: deployDirectory(endpoint), signal };
  let emulator: Emulator | undefined;
  const prepareAccount = async (): Promise<void> => {
    if (machine !== undefined) emulator = await startOwn(machine, steps, lifetime);
    await steps.run('cdk bootstrap', () => bootstrap(options));
  };
  try {
    await Promise.all([prepareAccount(), steps.run('cdk synth', () => synthesize(options))]);
    const outputs = await steps.run('cdk deploy', () => deploySynthesized(options));
    const apiUrl = await steps.run('API answers', () =>
      openApi(endpoint, machine !== undefined, outputs, signal),
    );
    steps.tell(`Outputs and tokens are in ${outputsFile}`);
    console.log(`\nTasklane is ready: ${apiUrl}\n\n${examplesFor(apiUrl, outputsFile)}`);
    await untilAborted(signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    lifetime.end(lifetime.exitCode());
    await emulator?.stop();
  }
};
