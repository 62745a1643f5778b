import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStacksCommand,
  type Output,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient } from '@aws-sdk/client-iam';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { awsClientSettings } from '../../../local/aws-environment.ts';
import { eventually } from './eventually.ts';

/** A local AWS as a proof sees it. */
export interface LocalAws {
  readonly url: string;
  /** Patches that are left out. */
  readonly without: readonly string[];
  readonly settings: ReturnType<typeof awsClientSettings>;
  readonly dynamodb: DynamoDBClient;
  readonly iam: IAMClient;
  readonly lambda: LambdaClient;
  readonly s3: S3Client;
  readonly sqs: SQSClient;
  /** Creates a stack of raw CloudFormation resources and returns its outputs. */
  readonly createStack: (
    name: string,
    resources: object,
    outputs: Record<string, unknown>,
  ) => Promise<StackOutputs>;
  /** Repeats an attempt until it no longer throws: long on a complete emulator, briefly where it is to fail. */
  readonly eventually: <T>(attempt: () => Promise<T>) => Promise<T>;
  /** Runs a function and returns what it answers. */
  readonly invoke: (functionName: string) => Promise<unknown>;
  /** What a function has logged as JSON lines. */
  readonly logged: (functionName: string) => Promise<Record<string, unknown>[]>;
}

/** Outputs by name; reading one that is not there throws. */
export type StackOutputs = (name: string) => string;

const read = (outputs: readonly Output[], name: string): string => {
  const value = outputs.find((output) => output.OutputKey === name)?.OutputValue;
  if (value === undefined) throw new Error(`the stack has no output ${name}`);
  return value;
};

const parseLine = (line: string): Record<string, unknown>[] =>
  line.startsWith('{') ? [JSON.parse(line)] : [];

const patienceMs = 20_000;
const patienceWithoutPatchesMs = 4_000;

/** Clients of the root user for an emulator. */
export const localAws = (url: string, without: readonly string[]): LocalAws => {
  const settings = { ...awsClientSettings(url), maxAttempts: 1 };
  const cloudFormation = new CloudFormationClient(settings);
  const lambda = new LambdaClient(settings);
  const logs = new CloudWatchLogsClient(settings);

  return {
    url,
    without,
    settings,
    dynamodb: new DynamoDBClient(settings),
    iam: new IAMClient(settings),
    lambda,
    s3: new S3Client({ ...settings, forcePathStyle: true }),
    sqs: new SQSClient(settings),
    createStack: async (name, resources, outputs) => {
      const wrapped = Object.fromEntries(Object.entries(outputs).map(([key, Value]) => [key, { Value }]));
      const template = { Resources: resources, Outputs: wrapped };
      await cloudFormation.send(
        new CreateStackCommand({
          StackName: name,
          TemplateBody: JSON.stringify(template),
          Capabilities: ['CAPABILITY_NAMED_IAM'],
        }),
      );
      const created = await eventually(patienceMs, async () => {
        const { Stacks: stacks = [] } = await cloudFormation.send(
          new DescribeStacksCommand({ StackName: name }),
        );
        const status = stacks[0]?.StackStatus;
        if (status !== 'CREATE_COMPLETE')
          throw new Error(`${name} is ${status}: ${stacks[0]?.StackStatusReason}`);
        return stacks[0]?.Outputs ?? [];
      });
      return (key) => read(created, key);
    },
    eventually: (attempt) => eventually(without.length > 0 ? patienceWithoutPatchesMs : patienceMs, attempt),
    invoke: async (FunctionName) => {
      const { Payload: payload = [] } = await lambda.send(new InvokeCommand({ FunctionName }));
      return JSON.parse(Buffer.from(payload).toString());
    },
    logged: async (functionName) => {
      const logGroupName = `/aws/lambda/${functionName}`;
      const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName, limit: 10_000 }));
      return events.flatMap((event) => parseLine(event.message ?? ''));
    },
  };
};
