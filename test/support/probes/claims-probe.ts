import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { presenceKey } from '../../../functions/shared/adapters/agent-item.ts';
import { request } from '../api.ts';
import { aRow } from '../builders.ts';
import { demand } from '../demand.ts';
import { dynamoDb, output } from '../emulator-clients.ts';
import { until } from '../until.ts';
import { withLargePayload } from './large-value-probes.ts';
import { withStoredPayload } from './probe-calls.ts';
import { putRow } from './probe-rows.ts';

/** An index follows its table within a second. */
const SOON = { withinMs: 5000 };

/** An agent claims a task after an attempt that ended without a word, and the payload is an item of its own. */
export async function probeClaims(): Promise<void> {
  const agentId = `agent-${crypto.randomUUID()}`;
  const call = (path: string, method: string, body: object) =>
    request(path, { method, role: 'task_executor', body: JSON.stringify(body) });
  await call(`/agents/${agentId}`, 'PUT', {});
  await dynamoDb().send(
    new UpdateItemCommand({
      TableName: output('ControlTable'),
      Key: presenceKey(agentId),
      UpdateExpression: 'SET last_seen = :long_ago',
      ExpressionAttributeValues: { ':long_ago': { N: '1' } },
    }),
  );
  const task = aRow({ type: 'agent', agent_id: agentId });
  await putRow(await withStoredPayload({ ...task, attempt: 1 }));
  let claims: { lease_token: string }[] = [];
  await until(
    'the mailbox to have the task',
    async () => {
      const { status, body, text } = await call(`/agents/${agentId}/claims`, 'POST', {});
      demand(status === 200, `an agent claims: ${text}`);
      claims = (body as { claims: typeof claims }).claims;
      return claims.length === 1;
    },
    SOON,
  );
  const agent = (await request(`/agents/${agentId}`, { role: 'admin' })).body as { available?: boolean };
  demand(agent.available === true, 'an agent that claims is heard of');

  const small = aRow({ type: 'agent', agent_id: agentId });
  const lost = aRow({ type: 'agent', agent_id: agentId });
  await putRow(await withLargePayload(small, '"object"'));
  await putRow({ ...(await withLargePayload(lost, undefined)), payload_bytes: 3 });
  const payloads: unknown[] = [];
  await until(
    'the mailbox to have the tasks whose payloads are objects',
    async () => {
      const { status, body, text } = await call(`/agents/${agentId}/claims`, 'POST', { max_tasks: 2 });
      demand(status === 200, `a lost payload is told: ${text}`);
      payloads.push(
        ...(body as { claims: { task: { payload: unknown } }[] }).claims.map(({ task }) => task.payload),
      );
      return payloads.length === 2;
    },
    SOON,
  );
  demand(
    payloads.includes('object') && payloads.includes(null),
    `payloads are read: ${JSON.stringify(payloads)}`,
  );
}
