import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  LambdaClient,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { awsClientSettings, localAccount, localRegion } from '../../local/aws-environment.ts';
import { until } from '../../test/support/until.ts';
import { zipOf } from './zip-file.ts';

/** What the emulator itself can do. */
export interface Ceiling {
  readonly messages: number;
  /** From the first send until the queue is empty. */
  readonly seconds: number;
  readonly messagesPerSecond: number;
}

const NAME = 'no-op';
const CODE = 'exports.handler = async () => ({ batchItemFailures: [] });';

/** SendMessageBatch calls that are under way at a time. */
const SENDERS = 4;

/** Sends so many messages through a queue to a function that does nothing, and waits until all are gone. */
export async function measureCeiling(
  url: string,
  messages: number,
  maxConcurrency: number,
): Promise<Ceiling> {
  const sqs = new SQSClient(awsClientSettings(url));
  const queueUrl = await createNoOpQueue(url, sqs, maxConcurrency);
  const startedAtMs = performance.now();
  let sent = 0;
  const sendAll = async () => {
    while (sent < messages) {
      const first = sent;
      sent += 10;
      const Entries = Array.from({ length: 10 }, (_, index) => ({
        Id: String(index),
        MessageBody: JSON.stringify({ task_id: `task-${first + index}`, generation: 1 }),
      }));
      await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, sendAll));
  await until('the no-op queue to be empty', async () => (await depthOf(sqs, queueUrl)) === 0, {
    everyMs: 20,
  });
  const seconds = (performance.now() - startedAtMs) / 1000;
  return { messages, seconds, messagesPerSecond: messages / seconds };
}

async function createNoOpQueue(url: string, sqs: SQSClient, maxConcurrency: number): Promise<string> {
  const lambda = new LambdaClient(awsClientSettings(url));
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: NAME }));
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: NAME,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      // It calls nobody; any role will do.
      Role: Functions[0]?.Role ?? '',
      Code: { ZipFile: zipOf('index.js', CODE) },
      Timeout: 30,
    }),
  );
  await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: NAME,
      EventSourceArn: `arn:aws:sqs:${localRegion}:${localAccount}:${NAME}`,
      BatchSize: 10,
      ScalingConfig: { MaximumConcurrency: maxConcurrency },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    }),
  );
  return QueueUrl;
}

async function depthOf(sqs: SQSClient, queueUrl: string): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return Object.values(Attributes).reduce((sum, text) => sum + Number(text), 0);
}
