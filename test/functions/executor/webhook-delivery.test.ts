import { describe, expect, it } from 'vitest';
import { verifyWebhook } from '../../../client/verify-webhook.ts';
import { outputKeyOf, payloadKeyOf } from '../../../core/object-keys.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { webhookDelivery } from '../../../functions/executor/webhook-delivery.ts';
import type { HttpRequest } from '../../../functions/shared/http/http-message.ts';
import { aResult, aRow, claimed, NOW_MS } from '../../support/builders.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { InMemoryObjectStore } from '../../support/in-memory-object-store.ts';
import { InMemoryResultStore } from '../../support/in-memory-result-store.ts';
import { InMemoryTaskStore } from '../../support/in-memory-task-store.ts';
import { taskContext } from '../../support/task-context.ts';

const url = 'https://example.com/hook';

function setup(status = 200, headers: Record<string, string> = {}) {
  const tasks = new InMemoryTaskStore();
  const results = new InMemoryResultStore();
  const objects = new InMemoryObjectStore();
  const sent: HttpRequest[] = [];
  const type = webhookDelivery({
    tasks,
    results,
    objects,
    clock: new FixedClock(NOW_MS),
    findTaskType: () => undefined,
    onTrouble: () => undefined,
    keys: async () => ['the secret'],
    send: async (request) => {
      sent.push(request);
      return { status, headers, url: request.url, body: Buffer.from('no'), cut: false };
    },
  });
  const deliver = (row: TaskRow, event = 'task.completed') =>
    type.run(taskContext(type, { url, event, task_id: row.task_id }));
  const given = async (row: TaskRow) => {
    tasks.rows.set(row.task_id, row);
    await results.put([aResult(row)]);
    return row;
  };
  return { deliver, given, sent, results, objects };
}

const completed = (): TaskRow => ({ ...claimed(aRow()), status: 'completed', result_attempt: 1 });

describe('a delivery', () => {
  it('posts links to what is too large to be posted', async () => {
    const { deliver, given, sent, results, objects } = setup();
    const { payload: _, ...small } = completed();
    const row = { ...small, payload_bytes: 2_000_000, has_objects: true };
    await given(row);
    const { output: __, ...result } = aResult(row);
    await results.put([{ ...result, output_bytes: 300_000 }]);
    await objects.put(payloadKeyOf(row), '"payload"');
    await objects.put(outputKeyOf(row, 1), '"output"');
    await deliver(row);
    const posted = JSON.parse(String(sent[0]?.body));
    expect([posted.task.payload, posted.result.output]).toEqual([null, null]);
    const links: string[] = [posted.task.payload_url, posted.result.output_url];
    const values = links.map(async (link) => (await objects.fetch(link)).json());
    expect(await Promise.all(values)).toEqual(['payload', 'output']);
  });

  it('posts the event, the task and its result, signed', async () => {
    const { deliver, given, sent } = setup();
    const row = await given(completed());
    expect(await deliver(row)).toEqual({ status: 200 });
    const [request] = sent;
    const body = String(request?.body);
    expect(request).toMatchObject({ method: 'POST', url, headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(body)).toMatchObject({
      event: 'task.completed',
      task: { task_id: row.task_id, status: 'completed', payload: { n: 1 } },
      result: { output: { n: 1 } },
    });
    const signature = request?.headers['tasklane-signature'];
    expect(await verifyWebhook({ body, signature, secret: 'the secret', nowMs: NOW_MS })).toBe(true);
  });

  it('tells a task without a result when it has been retried since', async () => {
    const { deliver, given, sent } = setup();
    await deliver(await given(aRow()), 'task.failed');
    expect(JSON.parse(String(sent[0]?.body))).toMatchObject({
      event: 'task.failed',
      task: { status: 'queued' },
      result: null,
    });
  });

  it.each([
    [500, true],
    [404, true],
    [429, true],
    [301, true],
    [410, false],
  ])('fails for the answer %i (retryable: %s)', async (status, retryable) => {
    const { deliver, given } = setup(status);
    await expect(deliver(await given(completed()))).rejects.toMatchObject({
      code: 'http_status',
      retryable,
      details: { status },
    });
  });

  it('waits as long as the receiver asks it to', async () => {
    const { deliver, given } = setup(503, { 'retry-after': '7' });
    await expect(deliver(await given(completed()))).rejects.toMatchObject({ retryAfterSeconds: 7 });
  });

  it('fails for good when its task is gone', async () => {
    const { deliver } = setup();
    await expect(deliver(aRow())).rejects.toMatchObject({ code: 'task_gone', retryable: false });
  });
});
