import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, it, onTestFinished, vi } from 'vitest';
import { buildDynamoDbClient } from '../../../functions/shared/container.ts';
import { TIMEOUTS } from '../../../functions/shared/timeouts.ts';

it('fails a call that is never answered, after three tries', async () => {
  // A try that is given up has its connection ended: each makes one of its own, read by the server or not.
  let tries = 0;
  const server = createServer(() => undefined).on('connection', () => {
    tries += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    vi.unstubAllEnvs();
  });
  vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');

  const client = buildDynamoDbClient({ ...TIMEOUTS, requestTimeout: 50 });
  const call = client.send(new GetItemCommand({ TableName: 'tasks', Key: { task_id: { S: 'task-1' } } }));

  await expect(call).rejects.toMatchObject({ name: 'TimeoutError' });
  await expect.poll(() => tries).toBe(3);
});
