import { join } from 'node:path';
import { localDirectory } from './project-root.ts';

/** The folder of one local AWS below `.local/`, named by host and port, so that several can run side by side. */
export const workDirectory = (endpoint: string): string =>
  join(localDirectory, new URL(endpoint).host.replaceAll(/[^\w.-]/g, '-'));

/** Where the CDK's output of a local deployment goes. */
export const deployDirectory = (endpoint: string): string => join(workDirectory(endpoint), 'deploy');
