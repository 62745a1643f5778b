import { join } from 'node:path';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../../local/emulator.ts';
import { findFreePort } from '../../../local/ports.ts';
import { localDirectory } from '../../../local/project-root.ts';

/** Starts an emulator on a free port for one test file, in a folder of its own below `.local/`. */
export const startTestEmulator = async (
  name: string,
  options: Pick<EmulatorOptions, 'testControls' | 'without'>,
): Promise<Emulator> => {
  const directory = join(localDirectory, 'test', `${name}-${process.pid}`);
  return startEmulator({ port: await findFreePort(), directory, ...options });
};
