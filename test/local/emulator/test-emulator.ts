import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../../local/emulator.ts';
import { findFreePort } from '../../../local/ports.ts';
import { localDirectory } from '../../../local/project-root.ts';

/** Starts an emulator on a free port for one test file, in a folder of its own below `.local/` that goes with it. */
export const startTestEmulator = async (
  name: string,
  options: Pick<EmulatorOptions, 'testControls' | 'without'>,
): Promise<Emulator> => {
  const directory = join(localDirectory, 'test', `${name}-${process.pid}`);
  const emulator = await startEmulator({ port: await findFreePort(), directory, ...options });
  const stop = async () => {
    await emulator.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  return { ...emulator, stop };
};
