import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { awsEnvironment, localAccount, localRegion } from './aws-environment.ts';
import { runCommand } from './command.ts';
import { projectNode, projectRoot } from './project-root.ts';

/** What to deploy, and where. */
export interface DeployOptions {
  readonly endpoint: string;
  readonly stage: string;
  /** Where the synthesized app, the stack outputs and the log of the CDK go. */
  readonly outDir: string;
  /** The CDK app to synthesize. @default `node bin/app.ts` of this project */
  readonly app?: string;
  /** Ends what is running. */
  readonly signal?: AbortSignal;
}

/** The outputs of all stacks by name, whatever the stack. */
export type StackOutputs = Readonly<Record<string, string>>;

const cdk = join(projectRoot, 'node_modules', 'aws-cdk', 'bin', 'cdk');
const quietly = ['--no-notices', '--no-color', '--ci'];

const cdkEnvironment = (endpoint: string): NodeJS.ProcessEnv => {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(AWS|CDK)_/.test(name));
  return {
    ...Object.fromEntries(inherited),
    ...awsEnvironment(endpoint),
    PATH: [dirname(projectNode), join(projectRoot, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CDK_DISABLE_VERSION_CHECK: 'true',
  };
};

const runCdk = async (options: DeployOptions, args: readonly string[]): Promise<void> => {
  const result = await runCommand(projectNode, [cdk, ...args, ...quietly], {
    cwd: projectRoot,
    env: cdkEnvironment(options.endpoint),
    ...(options.signal && { signal: options.signal }),
  });
  if (result.exitCode === 0) return;
  const output = `${result.stdout}${result.stderr}`.trim().slice(-6000);
  throw new Error(`\`cdk ${args.join(' ')}\` failed:\n${output}`);
};

/** Synthesizes the app into `<outDir>/cdk.out`, which needs no endpoint to be there. Throws with the CDK's own output. */
export const synthesize = async (options: DeployOptions): Promise<void> => {
  const app = options.app ?? `${projectNode} ${join(projectRoot, 'bin', 'app.ts')}`;
  mkdirSync(options.outDir, { recursive: true });
  const output = join(options.outDir, 'cdk.out');
  await runCdk(options, [
    'synth',
    '--app',
    app,
    '--output',
    output,
    '--context',
    `stage=${options.stage}`,
    '--quiet',
  ]);
};

/** `cdk bootstrap` of the local account. */
export const bootstrap = async (options: DeployOptions): Promise<void> => {
  await runCdk(options, ['bootstrap', `aws://${localAccount}/${localRegion}`]);
};

/** `cdk deploy` of all stacks of the synthesized app; returns their outputs. */
export const deploySynthesized = async (options: DeployOptions): Promise<StackOutputs> => {
  const outputsFile = join(options.outDir, 'stack-outputs.json');
  rmSync(outputsFile, { force: true });
  const assembly = join(options.outDir, 'cdk.out');
  await runCdk(options, [
    ...['deploy', '--all', '--app', assembly, '--require-approval', 'never'],
    ...['--outputs-file', outputsFile, '--concurrency', '4', '--progress', 'events'],
  ]);
  const byStack = JSON.parse(readFileSync(outputsFile, 'utf8')) as Record<string, Record<string, string>>;
  return Object.assign({}, ...Object.values(byStack));
};

/**
 * Deploys the project as to AWS: synthesizes the app while the account is bootstrapped, then deploys all its stacks.
 * Throws with the CDK's own output when one of the three fails.
 */
export const deploy = async (options: DeployOptions): Promise<StackOutputs> => {
  await Promise.all([synthesize(options), bootstrap(options)]);
  return deploySynthesized(options);
};
