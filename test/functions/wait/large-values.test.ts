import { describe, expect, it } from 'vitest';
import { outputKeyOf, payloadKeyOf } from '../../../core/object-keys.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { anApi } from '../../support/api-harness.ts';
import { aResult, aRow, claimed } from '../../support/builders.ts';

const MB = 1024 * 1024;

/** A row whose payload is an object of so many bytes, if it is there. */
async function withPayload(bytes: number, text: string | undefined) {
  const { payload: _, ...rest } = aRow();
  const row: TaskRow = { ...rest, payload_bytes: bytes, has_objects: true };
  const api = anApi();
  api.tasks.rows.set(row.task_id, row);
  if (text !== undefined) await api.objects.put(payloadKeyOf(row), text);
  const { status, body } = await api.call(`/tasks/${row.task_id}`);
  return { ...api, row, status, body };
}

/** An ended task whose second attempt has left an output that is an object, if it is there. */
async function withOutput(text: string | undefined) {
  const row: TaskRow = { ...claimed(aRow()), attempt: 2, status: 'completed', result_attempt: 2 };
  const { output: _, ...result } = aResult(row);
  const api = anApi();
  api.tasks.rows.set(row.task_id, row);
  await api.results.put([{ ...result, output_bytes: 300_000 }]);
  await api.objects.put(outputKeyOf(row, 1), '"of an attempt that does not count"');
  if (text !== undefined) await api.objects.put(outputKeyOf(row, 2), text);
  const { status, body } = await api.call(`/tasks/${row.task_id}/result`);
  return { ...api, row, status, body };
}

describe('GET /tasks/{task_id}', () => {
  it('shows a payload of up to 1 MB, wherever it is stored', async () => {
    const text = JSON.stringify('x'.repeat(MB - 2));
    const { status, body } = await withPayload(MB, text);
    expect([status, body.payload === JSON.parse(text)]).toEqual([200, true]);
    expect(body).not.toHaveProperty('payload_url');
  });

  it('shows a larger one by a link', async () => {
    const { objects, status, body } = await withPayload(MB + 1, '{"large":true}');
    expect([status, body.payload]).toEqual([200, null]);
    expect(await (await objects.fetch(body.payload_url)).json()).toEqual({ large: true });
  });

  it('shows by a link what turned out to be no JSON', async () => {
    const { objects, status, body } = await withPayload(2, '{]');
    expect([status, body.payload]).toEqual([200, null]);
    expect(await (await objects.fetch(body.payload_url)).text()).toBe('{]');
  });

  it.each([MB, MB + 1])(
    'shows null for a lost payload of %i bytes, and says so in the log',
    async (bytes) => {
      const { status, body, row, log } = await withPayload(bytes, undefined);
      expect([status, body.payload]).toEqual([200, null]);
      expect(body).not.toHaveProperty('payload_url');
      expect(log).toContainEqual({
        level: 'error',
        message: 'a stored payload is gone',
        fields: { task_id: row.task_id },
      });
    },
  );
});

describe('GET /tasks/{task_id}/result', () => {
  it('shows an output above 200 KB by a link to that of the attempt that counts', async () => {
    const { objects, status, body } = await withOutput('{"large":true}');
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'completed', output: null, error: null });
    expect(await (await objects.fetch(body.output_url)).json()).toEqual({ large: true });
  });

  it('tells that an output is lost, with all else that is known, and says so in the log', async () => {
    const { status, body, row, log } = await withOutput(undefined);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'completed',
      output: null,
      error: {
        code: 'payload_lost',
        message: 'the stored output of attempt 2 is gone; submit the task again to have it made anew',
        retryable: false,
      },
      attempts: [{ attempt: 2, error: null }],
    });
    expect(body).not.toHaveProperty('output_url');
    expect(log).toContainEqual({
      level: 'error',
      message: 'a stored output is gone',
      fields: { task_id: row.task_id, key: outputKeyOf(row, 2) },
    });
  });
});
