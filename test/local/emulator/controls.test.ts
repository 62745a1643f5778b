import {
  BatchExecuteStatementCommand,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Emulator } from '../../../local/emulator.ts';
import { type LocalAws, localAws } from './local-aws.ts';
import { inlineFunction, role, table } from './resources.ts';
import { startTestEmulator } from './test-emulator.ts';

let emulator: Emulator;
let aws: LocalAws;
let TableName: string;
let tables = 0;

const control = async (
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: unknown }> => {
  const answer = await fetch(`${emulator.url}/_tasklane/${path}`, {
    method,
    body: JSON.stringify(body) ?? null,
  });
  return { status: answer.status, body: await answer.json() };
};
const inject = (operation: string, mode: string, more: object = {}) =>
  control('POST', 'faults', [{ id: mode, operation, mode, ...more }]);
const hits = async () =>
  ((await control('GET', 'faults')).body as readonly { hits: number }[]).map((fault) => fault.hits);

const item = (key: string) => ({ pk: { S: key } });
const put = (key: string) => aws.dynamodb.send(new PutItemCommand({ TableName, Item: item(key) }));
const keys = async () => {
  const { Items: items = [] } = await aws.dynamodb.send(new ScanCommand({ TableName }));
  return items.map(({ pk }) => pk?.S).sort();
};
const queueNamed = async (QueueName: string) => {
  const { QueueUrl } = await aws.sqs.send(new CreateQueueCommand({ QueueName }));
  const AttributeNames = ['ApproximateNumberOfMessages'] as const;
  return {
    QueueUrl,
    depth: async () => {
      const query = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...AttributeNames] });
      return Number((await aws.sqs.send(query)).Attributes?.ApproximateNumberOfMessages);
    },
  };
};

beforeAll(async () => {
  emulator = await startTestEmulator('controls', { testControls: true });
  aws = localAws(emulator.url, []);
});
beforeEach(async () => {
  tables += 1;
  TableName = `controls-${tables}`;
  await aws.createStack(TableName, { Table: table({ TableName }) }, {});
});
afterEach(() => control('DELETE', 'faults'));
afterAll(() => emulator.stop());

describe('given a fault of one part of a call', () => {
  it('throttles the statements that contain a text, as often as told, and runs the others', async () => {
    await inject('BatchExecuteStatement', 'throttle_statement', { contains: '"b"', times: 1 });
    const insert = (key: string) => ({
      Statement: `INSERT INTO "${TableName}" VALUE {'pk': ?}`,
      Parameters: [{ S: key }],
    });
    const run = (...names: string[]) =>
      aws.dynamodb.send(new BatchExecuteStatementCommand({ Statements: names.map(insert) }));

    const { Responses: responses } = await run('a', 'b', 'c');
    expect(responses?.map(({ Error: error }) => error?.Code)).toEqual([
      undefined,
      'ThrottlingError',
      undefined,
    ]);
    expect(await keys()).toEqual(['a', 'c']);
    await run('b');
    expect(await keys()).toEqual(['a', 'b', 'c']);
    expect(await hits()).toEqual([1]);
  });

  it('leaves items of a batch unprocessed, written and read', async () => {
    await inject('BatchWriteItem', 'unprocessed', { contains: '"b"' });
    const write = ['a', 'b'].map((key) => ({ PutRequest: { Item: item(key) } }));
    const written = await aws.dynamodb.send(
      new BatchWriteItemCommand({ RequestItems: { [TableName]: write } }),
    );
    expect(written.UnprocessedItems).toEqual({ [TableName]: [{ PutRequest: { Item: item('b') } }] });
    expect(await keys()).toEqual(['a']);

    await inject('BatchGetItem', 'unprocessed', { contains: '"a"' });
    const read = { [TableName]: { Keys: [item('a')] } };
    const got = await aws.dynamodb.send(new BatchGetItemCommand({ RequestItems: read }));
    expect(got.UnprocessedKeys).toEqual(read);
    expect(got.Responses).toEqual({});
  });

  it('fails entries of a batch of messages', async () => {
    const queue = await queueNamed('controls-entries');
    await inject('SendMessageBatch', 'fail_entry', { contains: 'second' });
    const Entries = ['first', 'second'].map((MessageBody) => ({ Id: MessageBody, MessageBody }));
    const sent = await aws.sqs.send(new SendMessageBatchCommand({ QueueUrl: queue.QueueUrl, Entries }));

    expect(sent.Failed).toEqual([
      { Id: 'second', Code: 'InternalError', Message: 'injected', SenderFault: false },
    ]);
    expect(sent.Successful?.map(({ Id }) => Id)).toEqual(['first']);
    expect(await queue.depth()).toBe(1);
  });
});

describe('given a fault of a whole call', () => {
  it('refuses a throttled call, which changes nothing', async () => {
    await inject('PutItem', 'throttle_call');
    await expect(put('a')).rejects.toMatchObject({ name: 'ThrottlingException' });
    expect(await keys()).toEqual([]);
  });

  it('lets the first matches pass when told so', async () => {
    await inject('PutItem', 'throttle_call', { skip: 1 });
    await put('a');
    await expect(put('b')).rejects.toMatchObject({ name: 'ThrottlingException' });
    await put('c');
  });

  it('applies a call whose answer is lost', async () => {
    await inject('PutItem', 'lose_answer', { contains: '"a"' });
    await put('b');
    await expect(put('a')).rejects.toMatchObject({ name: 'InternalServerError' });
    expect(await keys()).toEqual(['a', 'b']);
  });

  it('holds a call until the faults are cleared, and never applies it', async () => {
    await inject('PutItem', 'hold_call');
    const held = expect(put('a')).rejects.toMatchObject({ name: 'InternalServerError' });
    await aws.eventually(async () => expect(await hits()).toEqual([1]));
    await control('DELETE', 'faults');
    await held;
    expect(await keys()).toEqual([]);
  });

  it('holds the answer of a call that is applied', async () => {
    await inject('PutItem', 'hold_answer');
    const held = put('a');
    await aws.eventually(async () => expect(await keys()).toEqual(['a']));
    await control('DELETE', 'faults');
    await held;
  });

  it('fails to take a fault of an unknown mode', async () => {
    expect((await inject('PutItem', 'explode')).status).toBe(400);
  });
});

describe('given the other facilities', () => {
  it('stores each message of a queue twice while told so', async () => {
    const queue = await queueNamed('controls-twice');
    const send = () => aws.sqs.send(new SendMessageCommand({ QueueUrl: queue.QueueUrl, MessageBody: 'a' }));
    await control('POST', 'mapping/dup', { queue: 'controls-twice', on: true });
    await send();
    const Entries = [{ Id: 'a', MessageBody: 'a' }];
    await aws.sqs.send(new SendMessageBatchCommand({ QueueUrl: queue.QueueUrl, Entries }));
    await control('POST', 'mapping/dup', { queue: 'controls-twice', on: false });
    await send();
    expect(await queue.depth()).toBe(5);
  });

  it('lists the processes that run functions, and goes on when one is killed', async () => {
    const FunctionName = 'controls-worker';
    const code = 'exports.handler = async () => process.pid;';
    await aws.createStack(
      FunctionName,
      { Role: role(), Function: inlineFunction(code, { FunctionName }) },
      {},
    );
    const first = await aws.invoke(FunctionName);
    expect((await control('GET', 'workers')).body).toContainEqual({
      function: FunctionName,
      pid: first,
      busy: false,
    });
    process.kill(Number(first), 'SIGKILL');
    expect(await aws.invoke(FunctionName)).not.toBe(first);
  });

  it('serves no test facility unless told to', async () => {
    const plain = await startTestEmulator('no-controls', {});
    const answer = await fetch(`${plain.url}/_tasklane/workers`).finally(() => plain.stop());
    expect(answer.ok).toBe(false);
  });
});
