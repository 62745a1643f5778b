import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import type { LocalAws } from '../local-aws.ts';
import type { Proof } from '../proof.ts';
import { inlineFunction, queue, queueMapping, role, streamMapping, table } from '../resources.ts';

const throwOnPoison = `exports.handler = async ({ Records }) => {
  const keys = Records.map((record) => record.dynamodb.Keys.pk.S);
  console.log(JSON.stringify({ keys }));
  if (keys.includes('poison')) throw new Error('poisoned');
};`;

const reportThird = `let failed = false;
exports.handler = async ({ Records }) => {
  const keys = Records.map((record) => record.dynamodb.Keys.pk.S);
  console.log(JSON.stringify({ keys }));
  const third = Records.find((record) => record.dynamodb.Keys.pk.S === 'third');
  if (failed || !third) return { batchItemFailures: [] };
  failed = true;
  return { batchItemFailures: [{ itemIdentifier: third.dynamodb.SequenceNumber }] };
};`;

const neverEnds = 'exports.handler = () => new Promise((resolve) => setTimeout(resolve, 9_000));';
const logMessage = 'exports.handler = async () => console.log(JSON.stringify({ got: true }));';

const put = async (aws: LocalAws, TableName: string, ...keys: string[]) => {
  for (const key of keys)
    await aws.dynamodb.send(new PutItemCommand({ TableName, Item: { pk: { S: key } } }));
};

/** A table whose stream has records of these keys before any mapping is there: the first batch has them all. */
const filledStream = async (aws: LocalAws, name: string, ...keys: string[]): Promise<string> => {
  const Table = table({ TableName: name });
  const output = await aws.createStack(
    `${name}-table`,
    { Table },
    { Arn: { 'Fn::GetAtt': ['Table', 'StreamArn'] } },
  );
  await put(aws, name, ...keys);
  return output('Arn');
};

const bisectsAndGivesUp = async (aws: LocalAws): Promise<void> => {
  const name = 'proof-stream-poison';
  const resources = {
    Role: role(),
    Queue: queue(),
    Function: inlineFunction(throwOnPoison, { FunctionName: name }),
    Mapping: streamMapping({
      EventSourceArn: await filledStream(aws, name, 'first', 'poison', 'last'),
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Queue', 'Arn'] } } },
    }),
  };
  const output = await aws.createStack(name, resources, { Url: { Ref: 'Queue' } });

  await aws.eventually(async () => {
    const batches = (await aws.logged(name)).map(({ keys }) => keys);
    expect(batches).toEqual([
      ['first', 'poison', 'last'],
      ['first', 'poison'],
      ['first'],
      ['poison'],
      ['poison'],
      ['last'],
    ]);
  });
  const received = await aws.sqs.send(new ReceiveMessageCommand({ QueueUrl: output('Url') }));
  const { requestContext, DDBStreamBatchInfo: info } = JSON.parse(received.Messages?.[0]?.Body ?? '{}');
  expect(requestContext.condition).toBe('RetryAttemptsExhausted');
  expect(info.batchSize).toBe(1);
};

const resumesAtTheFailedRecord = async (aws: LocalAws): Promise<void> => {
  const name = 'proof-stream-partial';
  const resources = {
    Role: role(),
    Function: inlineFunction(reportThird, { FunctionName: name }),
    Mapping: streamMapping({
      EventSourceArn: await filledStream(aws, name, 'first', 'second', 'third', 'fourth'),
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    }),
  };
  await aws.createStack(name, resources, {});

  await aws.eventually(async () => {
    const batches = (await aws.logged(name)).map(({ keys }) => keys);
    expect(batches).toEqual([
      ['first', 'second', 'third', 'fourth'],
      ['third', 'fourth'],
    ]);
  });
};

const stopsNoQueue = async (aws: LocalAws): Promise<void> => {
  const slow = 'proof-stream-slow';
  await aws.createStack(
    slow,
    {
      Role: role(),
      Table: table({ TableName: slow }),
      Function: inlineFunction(neverEnds, { FunctionName: slow }),
      Mapping: streamMapping(),
    },
    {},
  );
  const lane = 'proof-stream-lane';
  const Consumer = inlineFunction(logMessage, { FunctionName: lane });
  const resources = { Role: role(), Queue: queue(), Function: Consumer, Mapping: queueMapping() };
  const output = await aws.createStack(lane, resources, { Url: { Ref: 'Queue' } });
  await put(aws, slow, 'a');
  await aws.sqs.send(new SendMessageCommand({ QueueUrl: output('Url'), MessageBody: 'a' }));

  await aws.eventually(async () => expect(await aws.logged(lane)).toEqual([{ got: true }]));
};

export const streamMappings: Proof = {
  patch: 'stream_mappings',
  states: 'a stream function is retried, bisected, resumed and given up as configured, and stops no queue',
  prove: async (aws) => {
    await Promise.all([bisectsAndGivesUp(aws), resumesAtTheFailedRecord(aws), stopsNoQueue(aws)]);
  },
};
