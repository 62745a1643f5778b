import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { awsEnvironment, localAccount, localRegion } from './aws-environment.ts';
import { runCommand } from './command.ts';
import { projectNode, projectRoot } from './project-root.ts';

/** What to synthesize. */
export interface SynthesisOptions {
  readonly stage: string;
  /** Where the synthesized app and the stack outputs go. */
  readonly outDir: string;
  /** The CDK app. @default `node bin/app.ts` of this project */
  readonly app?: string;
  /** Ends what is running. */
  readonly signal?: AbortSignal;
}

/** What to deploy, and where. */
export interface DeployOptions extends SynthesisOptions {
  /** The local AWS. */
  readonly endpoint: string;
}

/** The outputs of all stacks by name, whatever the stack. */
export type StackOutputs = Readonly<Record<string, string>>;

const stackOutputsFile = (outDir: string): string => join(outDir, 'stack-outputs.json');

/** The outputs of the last deployment to this folder. Throws when there was none. */
export const readStackOutputs = (outDir: string): StackOutputs => {
  const byStack = JSON.parse(readFileSync(stackOutputsFile(outDir), 'utf8')) as Record<string, StackOutputs>;
  return Object.assign({}, ...Object.values(byStack));
};

const cdk = join(projectRoot, 'node_modules', 'aws-cdk', 'bin', 'cdk');
const quietly = ['--no-notices', '--no-color', '--ci'];

const cdkEnvironment = (aws: Readonly<Record<string, string>>): NodeJS.ProcessEnv => {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(AWS|CDK)_/.test(name));
  return {
    ...Object.fromEntries(inherited),
    ...aws,
    PATH: [dirname(projectNode), join(projectRoot, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    CDK_DISABLE_VERSION_CHECK: 'true',
  };
};

const runCdk = async (
  options: SynthesisOptions,
  args: readonly string[],
  aws: Readonly<Record<string, string>>,
  cwd = projectRoot,
): Promise<void> => {
  const result = await runCommand(projectNode, [cdk, ...args, ...quietly], {
    cwd,
    env: cdkEnvironment(aws),
    ...(options.signal && { signal: options.signal }),
  });
  if (result.exitCode === 0) return;
  const output = `${result.stdout}${result.stderr}`.trim().slice(-6000);
  throw new Error(`\`cdk ${args.join(' ')}\` failed:\n${output}`);
};

/** Synthesizes the app into `<outDir>/cdk.out`, which needs no endpoint to be there. Throws with the CDK's own output. */
export const synthesize = async (options: SynthesisOptions): Promise<void> => {
  const app = options.app ?? `${projectNode} ${join(projectRoot, 'bin', 'app.ts')}`;
  mkdirSync(options.outDir, { recursive: true });
  const output = join(options.outDir, 'cdk.out');
  const args = ['synth', '--app', app, '--output', output, '--context', `stage=${options.stage}`, '--quiet'];
  await runCdk(options, args, { AWS_REGION: localRegion });
};

/** `cdk bootstrap` of the local account; beside a cdk.json it would synthesize that app first, so it runs elsewhere. */
export const bootstrap = async (options: DeployOptions): Promise<void> => {
  const args = ['bootstrap', `aws://${localAccount}/${localRegion}`];
  mkdirSync(options.outDir, { recursive: true });
  await runCdk(options, args, awsEnvironment(options.endpoint), options.outDir);
};

/** `cdk deploy` of all stacks of the synthesized app; returns their outputs. */
export const deploySynthesized = async (options: DeployOptions): Promise<StackOutputs> => {
  const outputsFile = stackOutputsFile(options.outDir);
  rmSync(outputsFile, { force: true });
  const assembly = join(options.outDir, 'cdk.out');
  const args = [
    ...['deploy', '--all', '--app', assembly, '--require-approval', 'never'],
    ...['--outputs-file', outputsFile, '--concurrency', '4', '--progress', 'events'],
  ];
  await runCdk(options, args, awsEnvironment(options.endpoint));
  return readStackOutputs(options.outDir);
};
