import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json. */
export const projectRoot = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** Where everything goes that a local run leaves behind: logs, outputs, the emulator and its files. */
export const localDirectory = join(projectRoot, '.local');

/** The Node that the project installs for itself, of the version that Lambda runs. */
export const projectNode = join(projectRoot, 'node_modules', 'node', 'bin', 'node');
