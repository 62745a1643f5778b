import { describe, expect, it } from 'vitest';
import { TasklaneClient } from '../../client/index.ts';
import { outputKeyOf } from '../../core/object-keys.ts';
import { apiFetch } from '../support/api-fetch.ts';
import { anApi } from '../support/api-harness.ts';
import { aResult, aRow, claimed } from '../support/builders.ts';

/** A client of functions and objects in memory; each of `failures` stands for an answer of the object store. */
function aClient(failures: (Response | Error)[] = []) {
  const api = anApi();
  const send = apiFetch(api.handle);
  const waits: number[] = [];
  const authorized: (string | null)[] = [];
  const client = new TasklaneClient({
    baseUrl: 'http://localhost:4566',
    token: 'token',
    fetch: async (input, init) => {
      if (!String(input).startsWith('https://objects.test/')) return await send(input, init);
      authorized.push(new Headers(init?.headers).get('authorization'));
      const failure = failures.shift();
      if (failure instanceof Error) throw failure;
      return failure ?? (await api.objects.fetch(input, init));
    },
    wait: async (ms) => void waits.push(ms),
  });
  return { api, client, waits, authorized };
}

/** An API whose one task has ended with an output that is an object. */
async function withOutput(failures: (Response | Error)[] = []) {
  const { api, client, waits } = aClient(failures);
  const row = { ...claimed(aRow()), status: 'completed', result_attempt: 1 } as const;
  const { output: _, ...result } = aResult(row);
  api.tasks.rows.set(row.task_id, row);
  await api.results.put([{ ...result, output_bytes: 300_000 }]);
  await api.objects.put(outputKeyOf(row, 1), '{"rows":[1,2]}');
  return { client, waits, taskId: row.task_id };
}

describe('uploading by the client', () => {
  it('answers what is submitted instead of the payload, and shows the object store no token', async () => {
    const { client, authorized } = aClient();
    const payload_ref = await client.upload({ text: 'näme' });
    const task = await client.submit({ type: 'echo', payload_ref });
    expect(task.payload).toEqual({ text: 'näme' });
    expect(authorized).toEqual([null]);
  });

  it('puts again when the object store is busy or was not reached', async () => {
    const failures = [new TypeError('fetch failed'), new Response('SlowDown', { status: 503 })];
    const { client, waits } = aClient(failures);
    await client.submit({ type: 'echo', payload_ref: await client.upload(1) });
    expect(waits).toHaveLength(2);
  });

  it.each([
    [[403], 403, 0],
    [[503, 503, 503, 503, 503], 503, 4],
  ])('fails with the answer of the object store: %s', async (statuses, status, waited) => {
    const { client, waits } = aClient(statuses.map((code) => new Response('no', { status: code })));
    await expect(client.upload(1)).rejects.toMatchObject({ name: 'TasklaneError', status });
    expect(waits).toHaveLength(waited);
  });
});

describe('the output by the client', () => {
  it('is that of the result, or what its link leads to', async () => {
    const { client, taskId } = await withOutput();
    expect(await client.output(taskId)).toEqual({ rows: [1, 2] });

    const small = aClient();
    const row = { ...claimed(aRow()), status: 'completed', result_attempt: 1 } as const;
    small.api.tasks.rows.set(row.task_id, row);
    await small.api.results.put([aResult(row)]);
    expect(await small.client.output(row.task_id)).toEqual({ n: 1 });
  });

  it('is asked for again when the object store is busy', async () => {
    const { client, taskId, waits } = await withOutput([new Response('SlowDown', { status: 503 })]);
    expect(await client.output(taskId)).toEqual({ rows: [1, 2] });
    expect(waits).toHaveLength(1);
  });
});

describe('the worker of an agent', () => {
  it('gives its handler the whole payload, however large', async () => {
    const { api, client } = aClient();
    const payload = { text: 'x'.repeat(300_000) };
    await client.agents.register('agent-7');
    const { task_id } = await client.submit({ type: 'agent', agent_id: 'agent-7', payload });
    const seen: unknown[] = [];
    const end = new AbortController();
    await client.agent('agent-7').work(
      (task) => {
        seen.push(task);
        end.abort();
        return task.payload;
      },
      { signal: end.signal, drainOnSignals: false },
    );
    expect(seen).toEqual([expect.objectContaining({ task_id, payload })]);
    expect(seen[0]).not.toHaveProperty('payload_url');
    expect(api.tasks.rows.get(task_id)).toMatchObject({ status: 'completed', has_objects: true });
    expect(await client.output(task_id)).toEqual(payload);
  });
});
