import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  GetEventSourceMappingCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { decodeHistory } from '../../core/history.ts';
import { failure } from '../../core/task-failure.ts';
import { lifeOf, type TaskRow } from '../../core/task-row.ts';
import { awsClientSettings } from '../../local/aws-environment.ts';
import { clientAs, request } from '../support/api.ts';
import { aRow } from '../support/builders.ts';
import { workers } from '../support/controls.ts';
import { deployment, output } from '../support/emulator-clients.ts';
import { invoke } from '../support/invoke.ts';
import { putRow } from '../support/probes/probe-rows.ts';
import { processOfSocket } from '../support/process-of-socket.ts';
import { hideMessages, shortenLease } from '../support/short-leases.ts';
import { readRow } from '../support/table-scan.ts';
import { until } from '../support/until.ts';

const client = () => clientAs('task_submitter');
const operate = (path: string) => request(`/queues/${path}`, { method: 'POST', role: 'admin' });
const statusOf = async (taskId: string) => (await readRow(taskId))?.status;
const processesOf = async (functionOutput: string) =>
  (await workers()).filter(({ function: name }) => name === output(functionOutput)).map(({ pid }) => pid);

describe('executor pools', () => {
  it('a task that needs more than the smallest gives runs on the function of the larger', async () => {
    const tasks = await Promise.all(
      [1, 5].map((priority) =>
        client().submit({
          type: 'echo',
          payload: 'large',
          priority,
          requirements: { memory_gb: 4 },
          timeout_seconds: 600,
        }),
      ),
    );
    for (const { task_id } of tasks) {
      expect(await client().wait(task_id)).toMatchObject({ status: 'completed', attempt: 1 });
      expect((await client().result(task_id)).output).toBe('large');
      expect(await readRow(task_id)).toMatchObject({ pool: 'large' });
    }
    expect(await processesOf('ExecutorLargeFunctionName')).not.toEqual([]);
  });
});

describe('a lane', () => {
  const lambda = () => new LambdaClient(awsClientSettings(deployment().url));

  afterEach(async () => {
    for (const lane of ['high', 'low']) await operate(`${lane}/resume`);
  });

  it('that is paused takes tasks and runs none, in any pool, until it is resumed', async () => {
    expect(await operate('low/pause')).toMatchObject({ status: 200, body: { lane: 'low', paused: true } });
    const [small, large] = await Promise.all(
      [{}, { requirements: { memory_gb: 4 } }].map((more) =>
        client().submit({ type: 'echo', payload: 1, priority: 9, ...more }),
      ),
    );
    const other = await client().submit({ type: 'echo', payload: 1, priority: 5 });
    expect(await client().wait(other.task_id)).toMatchObject({ status: 'completed' });
    // Twice is harmless, and tells how many wait: both messages have come, and neither is taken.
    await until('both messages to wait', async () => {
      const { body } = await operate('low/pause');
      return (body as { pending: number }).pending === 2;
    });
    const ids = [small?.task_id ?? '', large?.task_id ?? ''];
    expect(await Promise.all(ids.map(statusOf))).toEqual(['queued', 'queued']);

    expect(await operate('low/resume')).toMatchObject({ status: 200, body: { lane: 'low', paused: false } });
    for (const id of ids) expect(await client().wait(id)).toMatchObject({ status: 'completed', attempt: 1 });
  });

  it('stays paused though a deployment has started one of its mappings again', async () => {
    await operate('high/pause');
    const { Environment } = await lambdaConfiguration('LaneSwitchFunctionName');
    const { high = [] } = JSON.parse(Environment.LANE_MAPPINGS ?? '{}') as { high?: string[] };
    const statesOf = async () =>
      await Promise.all(
        high.map(async (UUID) => (await lambda().send(new GetEventSourceMappingCommand({ UUID }))).State),
      );
    expect(await statesOf()).toEqual(['Disabled', 'Disabled']);
    for (const UUID of high)
      await lambda().send(new UpdateEventSourceMappingCommand({ UUID, Enabled: true }));
    await invoke('LaneSwitchFunctionName', {});
    expect(await statesOf()).toEqual(['Disabled', 'Disabled']);
  });

  it('has its dead letters tried again by a redrive, once, and what failed otherwise left', async () => {
    const failed = (n: number, code: string): TaskRow => ({
      ...aRow({ priority: 3, payload: n }),
      status: 'failed',
      attempt: 3,
      failed_in: 'high',
      error: failure(code, 'as a test says', false),
    });
    const dead = await Promise.all([0, 1, 2].map((n) => putRow(failed(n, 'dead_lettered'))));
    const other = await putRow(failed(3, 'handler_error'));

    const { status, body } = await operate('high/redrive');
    expect([status, body]).toEqual([200, { lane: 'high', matched: 3, redriven: 3, next_cursor: null }]);
    for (const { task_id } of dead) {
      expect(await client().wait(task_id)).toMatchObject({ status: 'completed', attempt: 4, error: null });
    }
    expect((await operate('high/redrive')).body).toMatchObject({ matched: 0, redriven: 0 });
    expect(await statusOf(other.task_id)).toBe('failed');
  });

  async function lambdaConfiguration(functionOutput: string) {
    const { Environment } = await lambda().send(
      new GetFunctionConfigurationCommand({ FunctionName: output(functionOutput) }),
    );
    return { Environment: Environment?.Variables ?? {} };
  }
});

describe('a task that kills its process', { timeout: 180_000 }, () => {
  let server: Server;
  let origin: string;
  let answer: (incoming: IncomingMessage, response: ServerResponse) => void = (_, response) => response.end();
  let restoreLeases = async () => {};

  beforeAll(async () => {
    server = createServer((incoming, response) => answer(incoming, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const restore = await Promise.all([
      shortenLease('ExecutorFunctionName', { VISIBILITY_SECONDS: '12' }),
      shortenLease('ExecutorLargeFunctionName'),
    ]);
    const queues = ['NormalQueueUrl', 'SoloQueueUrl'];
    await hideMessages(queues, 12);
    restoreLeases = async () => {
      for (const one of restore) await one();
      await hideMessages(queues, 90);
    };
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await restoreLeases();
  });

  const kill = async ({ socket }: IncomingMessage, functionOutput = 'ExecutorFunctionName') => {
    const pid = processOfSocket(socket, await processesOf(functionOutput));
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  };

  it('is tried again when its lease is over, though its queue would hide its message for 900 s', async () => {
    const kills: number[] = [];
    answer = (incoming, response) => {
      if (kills.length > 0) return void response.end('{}');
      kills.push(performance.now());
      void kill(incoming, 'ExecutorLargeFunctionName');
    };
    const { task_id } = await client().submit({
      type: 'http_request',
      payload: { url: `${origin}/large` },
      timeout_seconds: 300,
    });
    const row = await until(
      'the task to complete',
      async () => {
        const found = await readRow(task_id);
        return found?.status === 'completed' && found;
      },
      { withinMs: 60_000 },
    );
    console.log(`completed ${((performance.now() - (kills[0] ?? 0)) / 1000).toFixed(1)} s after the kill`);
    expect(row).toMatchObject({ pool: 'large', attempt: 2, failures: 0 });
  });

  it('runs alone after two times: the third time harms no other task', async () => {
    let kills = 0;
    const held: ServerResponse[] = [];
    const neighbours: string[] = [];
    const killThird = async (incoming: IncomingMessage) => {
      const tasks = Array.from({ length: 6 }, () => ({
        type: 'http_request',
        payload: { url: `${origin}/neighbour` },
        timeout_seconds: 60,
      }));
      const { items } = await client().submitBatch(tasks);
      neighbours.push(...items.map(({ task_id }) => task_id));
      await until('the neighbours to run', () => held.length === tasks.length);
      await kill(incoming);
    };
    answer = (incoming, response) => {
      if (incoming.url === '/neighbour') return void held.push(response);
      kills += 1;
      if (kills > 3) return void response.end('{}');
      void (kills === 3 ? killThird(incoming) : kill(incoming));
    };

    const killer = await client().submit({
      type: 'http_request',
      payload: { url: `${origin}/kill` },
      retry: { max_attempts: 1 },
      timeout_seconds: 60,
    });
    await until('the third kill', () => kills >= 3 && neighbours.length === 6 && held.length === 6);
    await until('the executor that ran it to be gone', () => kills >= 4, { withinMs: 60_000 });
    for (const response of held) response.end('{}');

    for (const id of neighbours) {
      expect(await client().wait(id)).toMatchObject({ status: 'completed', attempt: 1 });
    }
    expect(await client().wait(killer.task_id)).toMatchObject({ status: 'completed' });
    const row = await readRow(killer.task_id);
    expect(row).toMatchObject({ solo: true, failures: 0, released: 1, attempt: 5 });
    expect(lifeOf(row as TaskRow).attempt).toBe(0);
    const causes = decodeHistory(row?.history ?? []).map(({ cause }) => cause);
    expect(causes).toEqual([
      'submitted',
      'claimed',
      'claimed',
      'claimed',
      'solo',
      'claimed',
      'claimed',
      'succeeded',
    ]);
  });
});
