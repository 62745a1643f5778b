import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { localAccount, localRegion } from './aws-environment.ts';
import type { StackOutputs } from './deploy.ts';
import { localDirectory } from './project-root.ts';
import { requireOutput } from './require-output.ts';
import type { Tokens } from './tokens.ts';

/** `.local/outputs.json`: what a client of the local deployment needs. A name whose feature is not built yet is null. */
export interface LocalOutputs {
  /** What stands before `/api/v1`. */
  readonly api_url: string;
  readonly console_url: string | null;
  readonly emulator_url: string;
  readonly region: string;
  readonly account: string;
  readonly tables: Readonly<Record<'tasks' | 'results' | 'metrics' | 'control', string>>;
  readonly queues: Readonly<Record<'critical' | 'high' | 'normal' | 'low' | 'ordered', string>>;
  readonly event_bus: string | null;
  readonly tokens: Tokens;
}

/** Where `npm start` writes its outputs. */
export const outputsFile = join(localDirectory, 'outputs.json');

/** Where a deployment is reached, and by whom. */
export interface Reach {
  readonly apiUrl: string;
  readonly emulatorUrl: string;
  readonly tokens: Tokens;
}

/** The outputs file's content for a deployment. Throws when a stack output is missing. */
export const localOutputs = (outputs: StackOutputs, reach: Reach): LocalOutputs => {
  const output = (name: string) => requireOutput(outputs, name);
  return {
    api_url: reach.apiUrl,
    console_url: null,
    emulator_url: reach.emulatorUrl,
    region: localRegion,
    account: localAccount,
    tables: {
      tasks: output('TasksTable'),
      results: output('ResultsTable'),
      metrics: output('MetricsTable'),
      control: output('ControlTable'),
    },
    queues: {
      critical: output('CriticalQueueUrl'),
      high: output('HighQueueUrl'),
      normal: output('NormalQueueUrl'),
      low: output('LowQueueUrl'),
      ordered: output('OrderedQueueUrl'),
    },
    event_bus: null,
    tokens: reach.tokens,
  };
};

/** Writes the outputs for clients and for `npm run token`; only this user may read the tokens. */
export const writeOutputs = (file: string, outputs: LocalOutputs): void => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(outputs, null, 2)}\n`, { mode: 0o600 });
};

/** The outputs of the running local deployment. Throws when `npm start` has written none. */
export const readOutputs = (file: string): LocalOutputs => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as LocalOutputs;
  } catch {
    throw new Error(`${file} is missing or unreadable: start the local deployment by \`npm start\`.`);
  }
};
