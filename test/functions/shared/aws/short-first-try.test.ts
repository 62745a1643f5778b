import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { signedHeaders } from '../../../../functions/shared/aws/sign-request.ts';
import { buildDynamoDbClient } from '../../../../functions/shared/container.ts';

interface Call {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Reply = (response: ServerResponse) => void;

const found: Reply = (response) => response.end('{"Item":{"task_id":{"S":"task-1"}}}');
const failed: Reply = (response) => response.writeHead(500).end('{}');
const cutOff: Reply = (response) => response.destroy();
const refused: Reply = (response) =>
  response.writeHead(400).end('{"__type":"x#ResourceNotFoundException","message":"no table"}');

let server: Server;
let calls: Call[];
let replies: Reply[];

beforeEach(async () => {
  calls = [];
  replies = [];
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      calls.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
      (replies.shift() ?? found)(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'key');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.stubEnv('AWS_SESSION_TOKEN', 'token');
});

afterEach(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

const get = () => new GetItemCommand({ TableName: 'tasks', Key: { task_id: { S: 'task-1' } } });

/** Only the SDK numbers its tries. */
const isOfSdk = ({ headers }: Call): boolean => headers['amz-sdk-request'] !== undefined;

describe('the short first try', () => {
  it('is used from the second call of a command on, asks the same and answers the same', async () => {
    const client = buildDynamoDbClient();
    const first = await client.send(get());
    const second = await client.send(get());
    expect(calls.map(isOfSdk)).toEqual([true, false]);
    expect(second.Item).toEqual(first.Item);
    const [long, short] = calls;
    expect(JSON.parse(short?.body ?? '')).toEqual(JSON.parse(long?.body ?? ''));
    for (const name of ['host', 'content-type', 'x-amz-target', 'x-amz-security-token']) {
      expect(short?.headers[name]).toBe(long?.headers[name]);
    }
  });

  it.each([
    ['is refused by the server', failed],
    ['is cut off', cutOff],
  ])('leaves the call to the SDK when it %s', async (_, reply) => {
    const client = buildDynamoDbClient();
    await client.send(get());
    replies = [reply];
    const { Item } = await client.send(get());
    expect(Item?.task_id?.S).toBe('task-1');
    expect(calls.map(isOfSdk)).toEqual([true, false, true]);
  });

  it("fails with the SDK's own error", async () => {
    const client = buildDynamoDbClient();
    await client.send(get());
    replies = [refused, refused];
    await expect(client.send(get())).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    expect(calls.map(isOfSdk)).toEqual([true, false, true]);
  });

  it('tells Lambda which chain of functions it belongs to', async () => {
    vi.stubEnv('_X_AMZN_TRACE_ID', 'Root=1-2-3');
    const client = buildDynamoDbClient();
    await client.send(get());
    await client.send(get());
    expect(calls[1]?.headers['x-amzn-trace-id']).toBe('Root=1-2-3');
  });
});

it("signs as the SDK does: the SDK's headers get the SDK's signature", async () => {
  await buildDynamoDbClient().send(get());
  const { headers = {}, body = '' } = calls[0] ?? {};
  const authorization = headers.authorization ?? '';
  const names = /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(';') ?? [];
  const time = String(headers['x-amz-date']).replace(/(....)(..)(..T..)(..)(..Z)/, '$1-$2-$3:$4:$5');

  const given = Object.fromEntries(names.map((name) => [name, String(headers[name])]));
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret', sessionToken: 'token' };
  const scope = { region: 'us-east-1', service: 'dynamodb' };
  expect(signedHeaders({ headers: given, body }, credentials, scope, new Date(time)).authorization).toBe(
    authorization,
  );
});
