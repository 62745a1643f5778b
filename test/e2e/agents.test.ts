import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { TasklaneError } from '../../client/index.ts';
import { taskItem } from '../../functions/shared/adapters/task-item.ts';
import { clientAs } from '../support/api.ts';
import { aRow } from '../support/builders.ts';
import { dynamoDb, output } from '../support/emulator-clients.ts';
import { until } from '../support/until.ts';

const submitter = clientAs('task_submitter');
const { agents } = clientAs('task_executor');
const newAgent = async () => {
  const agentId = `agent:${crypto.randomUUID()}`;
  await agents.register(agentId, { capabilities: ['echo'], config: { depth: 3 } });
  return agentId;
};
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: unknown) => (error instanceof TasklaneError ? error.code : String(error)),
  );

describe('an agent', () => {
  it('is registered once, and read by everybody with what came of its tasks', async () => {
    const agentId = await newAgent();
    const tasks = await submitter.submitBatch([
      ...[1, 2, 3].map((n) => ({ type: 'echo', payload: n, agent_id: agentId })),
      { type: 'data_processing', payload: { data: 1, expression: '$error("no")' }, agent_id: agentId },
    ]);
    await Promise.all(tasks.items.map(({ task_id }) => submitter.wait(task_id)));
    const agent = await until('the totals to be right', async () => {
      const seen = await submitter.agents.get(agentId);
      return seen.totals.completed === 3 && seen.totals.failed === 1 && seen;
    });
    expect(agent).toMatchObject({
      capabilities: ['echo'],
      totals: { total: 4, queued: 0 },
      success_rate: 0.75,
      available: true,
    });
    const other = clientAs('admin').agents;
    expect((await other.register(agentId, { name: 'ours' })).name).toBe('ours');
    expect(await codeOf(agents.register(agentId))).toBe('done');
    expect(await codeOf(submitter.agents.register(agentId))).toBe('forbidden');
  });

  it('is in the list of all, once, newest first', async () => {
    const own = [await newAgent(), await newAgent(), await newAgent()];
    const listed: string[] = [];
    for await (const { agent_id } of agents.list({ pageSize: 2 })) listed.push(agent_id);
    expect(listed.filter((agentId) => own.includes(agentId))).toEqual([...own].reverse());
  });

  it('has thousands of tasks counted', async () => {
    const agentId = await newAgent();
    const rows = Array.from({ length: 3000 }, (_, n) => ({
      ...aRow({ agent_id: agentId }, { nowMs: Date.now() - 7_200_000 + n }),
      status: n % 3 === 0 ? ('failed' as const) : ('completed' as const),
      expires_at: 2_000_000_000,
    }));
    for (let from = 0; from < rows.length; from += 25) {
      const puts = rows.slice(from, from + 25).map((row) => ({ PutRequest: { Item: taskItem.encode(row) } }));
      const RequestItems = { [output('TasksTable')]: puts };
      await dynamoDb().send(new BatchWriteItemCommand({ RequestItems }));
    }
    for (const round of ['first', 'second']) {
      const startMs = performance.now();
      const { totals, totals_complete } = await agents.get(agentId);
      console.log(
        `3,000 tasks counted for the ${round} time in ${Math.round(performance.now() - startMs)} ms`,
      );
      expect([totals.total, totals.completed, totals.failed, totals_complete]).toEqual([
        3000,
        2000,
        1000,
        true,
      ]);
    }
  });
});

describe('a memory', () => {
  it('lets exactly one of twenty writers win each version', async () => {
    const memory = agents.memory(await newAgent());
    const won: { version: number; over: number }[] = [];
    const raise = async () => {
      for (;;) {
        const entry = await memory.get('total');
        const next = (entry === undefined ? 0 : Number(entry.value)) + 1;
        const condition = entry === undefined ? { ifAbsent: true } : { ifVersion: entry.version };
        try {
          const { version } = await memory.put('total', next, condition);
          return void won.push({ version, over: entry?.version ?? 0 });
        } catch (error) {
          if (!(error instanceof TasklaneError) || error.code !== 'version_mismatch') throw error;
        }
      }
    };
    await Promise.all(Array.from({ length: 20 }, raise));
    expect((await memory.get('total'))?.value).toBe(20);
    expect(new Set(won.map(({ version }) => version)).size).toBe(20);
    expect(new Set(won.map(({ over }) => over)).size).toBe(20);
  });

  it('forgets an entry at its time, and never gives its version again', async () => {
    const memory = agents.memory(await newAgent());
    const first = await memory.put('k', { a: [1] }, { ttlSeconds: 2 });
    expect(await memory.get('k')).toEqual(first);
    await until('the entry to be forgotten', async () => (await memory.get('k')) === undefined);
    const second = await memory.put('k', 2, { ifAbsent: true });
    await memory.delete('k');
    const third = await memory.put('k', 3);
    expect([first.version < second.version, second.version < third.version]).toEqual([true, true]);
    expect(await codeOf(memory.put('k', 4, { ifVersion: first.version }))).toBe('version_mismatch');
  });

  it('is read many keys at once, and shared only where it is named so', async () => {
    const key = `k-${crypto.randomUUID()}`;
    const [own, shared] = [agents.memory(await newAgent()), agents.memory()];
    await shared.put(key, 'x'.repeat(200_000));
    await own.put(key, 1);
    expect((await own.getMany([key, 'other'])).map(({ value }) => value)).toEqual([1]);
    expect((await shared.getMany([key]))[0]?.value).toHaveLength(200_000);
    await shared.delete(key);
    expect(await shared.get(key)).toBeUndefined();
  });
});

describe('an output that is to be remembered', () => {
  it('is in the memory of its agent, or in the shared one, once the task has completed', async () => {
    const agentId = await newAgent();
    const key = `k-${crypto.randomUUID()}`;
    const echo = (payload: unknown) => ({ type: 'echo', payload, remember: key });
    const { remember } = await submitter.submit({ ...echo({ sum: 7 }), agent_id: agentId });
    expect(remember).toBe(key);
    await submitter.submit(echo('shared'));
    for (const [memory, value] of [
      [agents.memory(agentId), { sum: 7 }],
      [agents.memory(), 'shared'],
    ] as const) {
      const entry = await until('the output to be remembered', async () => await memory.get(key));
      expect(entry.value).toEqual(value);
    }
  });
});

describe('a handler', () => {
  it('reads and writes what agents remember', async () => {
    const key = crypto.randomUUID();
    const { items } = await submitter.submitBatch(
      Array.from({ length: 8 }, (_, n) => ({ type: 'decide_once', payload: { key, proposal: n } })),
    );
    const outputs = await Promise.all(
      items.map(async ({ task_id }) => {
        await submitter.wait(task_id);
        return (await submitter.result(task_id)).output as { decision: number };
      }),
    );
    expect(new Set(outputs.map(({ decision }) => decision)).size).toBe(1);
    expect((await agents.memory().get(key))?.value).toBe(outputs[0]?.decision);
  });
});
