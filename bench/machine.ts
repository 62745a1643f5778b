import { readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../local/project-root.ts';

/** How busy the machine is: other work makes CPU time rise, not only the time that passes. */
export const loadAverage = (): readonly number[] => loadavg().map((load) => Math.round(load * 100) / 100);

/** The machine that figures belong to. */
export function machineOf() {
  const cores = cpus();
  return {
    cpu_model: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    memory_gb: Math.round(totalmem() / 2 ** 30),
  };
}

/** What figures depend on, with versions. */
export function versionsOf() {
  const packages = [
    '@aws-sdk/client-dynamodb',
    '@aws-sdk/client-sqs',
    '@aws-lambda-powertools/logger',
    'esbuild',
  ];
  const installed = packages.map((name) => [name, versionOf(join(projectRoot, 'node_modules', name))]);
  return {
    tasklane: versionOf(projectRoot),
    node: process.version,
    ...Object.fromEntries(installed),
    ministack: emulatorVersion(),
  };
}

function versionOf(folder: string): string {
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
}

function emulatorVersion(): string {
  const pins = readFileSync(join(projectRoot, 'local', 'emulator', 'requirements.txt'), 'utf8');
  return /^ministack==(\S+)/m.exec(pins)?.[1] ?? 'unknown';
}
