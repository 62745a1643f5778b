import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DynamoDbTaskStore } from '../../functions/shared/adapters/dynamodb-task-store.ts';
import { backOff } from '../../functions/shared/container.ts';
import { awsEnvironment } from '../../local/aws-environment.ts';
import { projectNode, projectRoot } from '../../local/project-root.ts';
import { aMessage, aRow } from '../support/builders.ts';
import { deployment, dynamoDb, output } from '../support/emulator-clients.ts';
import { tableCopy } from '../support/table-copies.ts';
import { until } from '../support/until.ts';

/** The lease of these executors, short so that the tests need not wait long for its end. */
const LEASE_SECONDS = '1';

const client = dynamoDb();
const tasks = tableCopy(client, 'TasksTable');
const results = tableCopy(client, 'ResultsTable');
let server: Server;
let hits = 0;

beforeAll(async () => {
  server = createServer((_, response) => {
    hits += 1;
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.close();
});

/** Runs an executor on the messages; undefined when it was killed. */
async function execute(
  point: string,
  messages: unknown,
): Promise<{ failedMessageIds: string[] } | undefined> {
  const script = join(projectRoot, 'test', 'support', 'killed-executor.ts');
  const env = {
    ...awsEnvironment(deployment().url),
    TASKLANE_BUILD_STAGE: 'local',
    STAGE: 'local',
    TASKS_TABLE: tasks.table,
    RESULTS_TABLE: results.table,
    CONTROL_TABLE: output('ControlTable'),
    LEASE_SECONDS,
    VISIBILITY_SECONDS: '10',
    LARGER_POOL: '',
    VALUES_BUCKET: 'none',
    DEBUG_MEMORY_GROWTH_MB: '100',
    LAMBDA_INVOKE_FUNCTIONS: '[]',
    ATTEMPT_SECONDS: '60',
    RETENTION_SECONDS: '3600',
    TIME_INDEX_SHARDS: '2',
    WEBHOOK_SECRET_ID: output('WebhookSecretArn'),
    QUEUE_URLS: JSON.stringify({ normal: output('NormalQueueUrl') }),
  };
  try {
    const { stdout } = await promisify(execFile)(projectNode, [script, point, JSON.stringify(messages)], {
      env,
    });
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  } catch (error) {
    if ((error as { signal?: string }).signal === 'SIGKILL') return undefined;
    throw error;
  }
}

describe('an executor killed', () => {
  it.each([
    { point: 'after the claim', runs: 1, attempt: 2, counts: 2 },
    { point: 'after the run', runs: 2, attempt: 2, counts: 2 },
    { point: 'after the result', runs: 1, attempt: 2, counts: 1 },
    { point: 'after the finish', runs: 1, attempt: 1, counts: 1 },
  ])(
    '$point: its task completes, run $runs time(s), at no cost to its attempts',
    async ({ point, ...expected }) => {
      const store = new DynamoDbTaskStore({ client, table: tasks.table, ...backOff });
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${encodeURIComponent(point)}`;
      const row = aRow({ type: 'http_request', payload: { url }, retry: { max_attempts: 1 } });
      await store.insert([row]);
      hits = 0;
      const messages = [aMessage(row)];

      expect(await execute(point, messages)).toBeUndefined();
      await until('the message to be acknowledged', async () => {
        const report = await execute('never', messages);
        return report?.failedMessageIds.length === 0;
      });

      expect(await store.read(row.task_id)).toMatchObject({
        status: 'completed',
        attempt: expected.attempt,
        result_attempt: expected.counts,
        failures: 0,
      });
      expect(hits).toBe(expected.runs);
    },
  );
});
