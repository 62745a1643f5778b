import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { BackOff } from './adapters/back-off.ts';
import { DynamoDbEdgeStore } from './adapters/dynamodb-edge-store.ts';
import { DynamoDbLabelStore } from './adapters/dynamodb-label-store.ts';
import { DynamoDbMemory } from './adapters/dynamodb-memory.ts';
import { DynamoDbResultCache } from './adapters/dynamodb-result-cache.ts';
import { DynamoDbResultStore } from './adapters/dynamodb-result-store.ts';
import { DynamoDbTaskStore } from './adapters/dynamodb-task-store.ts';
import { SqsLaneSender } from './adapters/sqs-lane-sender.ts';
import { SqsRedoSender } from './adapters/sqs-redo-sender.ts';
import { SqsReleaseSender } from './adapters/sqs-release-sender.ts';
import { DYNAMODB, SQS, withShortFirstTry } from './aws/short-first-try.ts';
import { systemClock } from './system-clock.ts';
import { TIMEOUTS } from './timeouts.ts';

/**
 * A connection within 1 s, an answer within 5 s (DynamoDB's own limit on a request is well below), a short first
 * try and three by the SDK; so a call has ended after some 20 s, inside any lease. The middleware of a command is
 * resolved once, not at each call.
 */
const CLIENT = { maxAttempts: 3, requestHandler: TIMEOUTS, cacheMiddleware: true };

/** Where functions get everything that talks to AWS, and time and chance. */
export const backOff: BackOff = { clock: systemClock, random: Math.random };

/** `timeouts` are for tests, which do not wait so long. */
export const buildDynamoDbClient = (timeouts = TIMEOUTS): DynamoDBClient =>
  withShortFirstTry(withoutCallLog(new DynamoDBClient({ ...CLIENT, requestHandler: timeouts })), DYNAMODB);

/** TLS guards the messages already: their MD5 sums are not checked again. */
export const buildSqsClient = (): SQSClient =>
  withShortFirstTry(withoutCallLog(new SQSClient({ ...CLIENT, md5: false })), SQS);

/** The SDK walks through all of a call's input and output for its log, even where that goes nowhere. */
function withoutCallLog<Client extends DynamoDBClient | SQSClient>(client: Client): Client {
  client.middlewareStack.remove('loggerMiddleware');
  return client;
}

export const buildTaskStore = (client: DynamoDBClient, table: string): DynamoDbTaskStore =>
  new DynamoDbTaskStore({ client, table, ...backOff });

export const buildResultStore = (client: DynamoDBClient, table: string): DynamoDbResultStore =>
  new DynamoDbResultStore({ client, table, ...backOff });

export const buildResultCache = (client: DynamoDBClient, table: string): DynamoDbResultCache =>
  new DynamoDbResultCache({ client, table, ...backOff });

export const buildLabelStore = (client: DynamoDBClient, controlTable: string): DynamoDbLabelStore =>
  new DynamoDbLabelStore({ client, controlTable, ...backOff });

/** `queueUrls`: by the queues' names. */
export const buildLaneSender = (
  client: SQSClient,
  queueUrls: Readonly<Record<string, string>>,
): SqsLaneSender => new SqsLaneSender({ client, queueUrls, ...backOff });

export const buildRedoSender = (client: SQSClient, queueUrl: string): SqsRedoSender =>
  new SqsRedoSender({ client, queueUrl, ...backOff });

export const buildMemory = (client: DynamoDBClient, table: string): DynamoDbMemory =>
  new DynamoDbMemory({ client, table, ...backOff });

export const buildEdgeStore = (client: DynamoDBClient, table: string): DynamoDbEdgeStore =>
  new DynamoDbEdgeStore({ client, table, ...backOff });

export const buildReleaseSender = (client: SQSClient, queueUrl: string): SqsReleaseSender =>
  new SqsReleaseSender({ client, queueUrl, ...backOff });
