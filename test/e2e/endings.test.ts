import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyWebhook } from '../../client/verify-webhook.ts';
import { awsClientSettings } from '../../local/aws-environment.ts';
import { clientAs } from '../support/api.ts';
import { deployment, output } from '../support/emulator-clients.ts';
import { until } from '../support/until.ts';

const client = () => clientAs('task_submitter');

interface Received {
  readonly path: string;
  readonly body: string;
  readonly signature: string;
}

let server: Server;
let origin: string;
const received: Received[] = [];
let refusals = 0;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    received.push({
      path: request.url ?? '',
      body,
      signature: String(request.headers['tasklane-signature'] ?? ''),
    });
    if (request.url === '/fails') return void response.writeHead(400).end();
    if (request.url === '/hook' && refusals-- > 0) return void response.writeHead(500).end();
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const at = (path: string) => received.filter((one) => one.path === path);
const failing = () => ({
  type: 'http_request',
  payload: { url: `${origin}/fails` },
  retry: { max_attempts: 1 },
});

async function secret(): Promise<string> {
  const secrets = new SecretsManagerClient(awsClientSettings(deployment().url));
  const answer = await secrets.send(new GetSecretValueCommand({ SecretId: output('WebhookSecretArn') }));
  return answer.SecretString ?? '';
}

describe('the end of a task', () => {
  it('is posted to its callback_url, signed, and again until it is taken', async () => {
    refusals = 1;
    const { task_id } = await client().submit({
      type: 'echo',
      payload: { n: 1 },
      callback_url: `${origin}/hook`,
    });
    await until('the delivery to be taken', () => at('/hook').length === 2, { withinMs: 30_000 });
    const [first, second] = at('/hook');
    for (const delivery of [first, second]) {
      const { body = '', signature } = delivery ?? {};
      expect(await verifyWebhook({ body, signature, secret: await secret() })).toBe(true);
      expect(JSON.parse(body)).toMatchObject({
        event: 'task.completed',
        task: { task_id, status: 'completed' },
        result: { output: { n: 1 } },
      });
    }
  });

  it('is compensated once when the task has failed for good', async () => {
    const { task_id } = await client().submit({
      ...failing(),
      compensation: {
        type: 'http_request',
        payload: { url: `${origin}/undo`, method: 'POST', body: { a: 1 } },
      },
    });
    expect(await client().wait(task_id)).toMatchObject({ status: 'failed' });
    await until('the compensation to run', () => at('/undo').length === 1);
    expect(at('/undo')[0]?.body).toBe('{"a":1}');
    for await (const task of client().list({ type: 'http_request' })) {
      if (task.name === `compensation of ${task_id}`) return expect(task.tags).toEqual([]);
    }
    throw new Error('the compensation is listed');
  });

  it('is the fallback when the last attempt has failed', async () => {
    const { task_id } = await client().submit({ ...failing(), fallback: { value: { rates: [] } } });
    expect(await client().wait(task_id)).toMatchObject({ status: 'completed' });
    expect(await client().result(task_id)).toMatchObject({
      output: { rates: [] },
      fallback_used: true,
      error: { code: 'http_status' },
    });
  });

  it('is the output of the fallback task, where that is what it has', async () => {
    const fallback = { task: { type: 'echo', payload: { instead: [1, 2] } } };
    const { task_id } = await client().submit({ ...failing(), fallback });
    expect(await client().wait(task_id)).toMatchObject({ status: 'completed', attempt: 1 });
    expect(await client().result(task_id)).toMatchObject({
      output: { instead: [1, 2] },
      fallback_used: true,
      error: { code: 'http_status' },
    });
    const { items } = await client().history(task_id);
    expect(items.map(({ to }) => to)).toEqual(['queued', 'processing', 'waiting', 'completed']);
  });
});
