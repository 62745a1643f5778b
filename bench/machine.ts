import { readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../local/project-root.ts';

/** The machine that figures belong to, and how busy it was: CPU time rises on cores that are shared. */
export function machineOf() {
  const cores = cpus();
  return {
    cpu_model: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    memory_gb: Math.round(totalmem() / 2 ** 30),
    load_average_1_5_15_minutes: loadavg().map((load) => Math.round(load * 100) / 100),
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
