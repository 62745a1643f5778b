import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import type { SubmissionInput } from '../../core/contract/submission-schema.ts';
import { outputKeyOf, payloadKeyOf } from '../../core/object-keys.ts';
import type { TaskRow } from '../../core/task-row.ts';
import { clientAs, request } from '../support/api.ts';
import { aRow } from '../support/builders.ts';
import { output, s3 } from '../support/emulator-clients.ts';
import { objectKeysOf, withLargePayload } from '../support/probes/large-value-probes.ts';
import { aSleepingRow, putRow, send } from '../support/probes/probe-rows.ts';
import { readRow } from '../support/table-scan.ts';
import { until } from '../support/until.ts';

const client = () => clientAs('task_submitter');

/** A task that has ended, and its row. */
async function ended(submission: SubmissionInput): Promise<{ taskId: string; row: TaskRow }> {
  const { task_id } = await client().submit(submission);
  expect(await client().wait(task_id)).toMatchObject({ status: 'completed', error: null });
  return { taskId: task_id, row: (await readRow(task_id)) ?? aRow() };
}

const removeObject = async (Key: string) =>
  void (await s3().send(new DeleteObjectCommand({ Bucket: output('ValuesBucket'), Key })));

describe('a large value', () => {
  const payload = { text: 'ä'.repeat(150_000) };

  it('goes in and comes out of a handler that never notices', async () => {
    const { taskId, row } = await ended({ type: 'echo', payload });
    expect((await client().get(taskId)).payload).toEqual(payload);
    const result = await client().result(taskId);
    expect(result).toMatchObject({ output: null, error: null });
    const answer = await fetch(result.output_url ?? '');
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await answer.json()).toEqual(payload);
    expect(await client().output(taskId)).toEqual(payload);
    expect(await objectKeysOf(row)).toEqual([outputKeyOf(row, 1), payloadKeyOf(row)]);
  });

  it('goes when its task goes', async () => {
    const { row } = await ended({ type: 'echo', payload });
    expect(await objectKeysOf(row)).toHaveLength(2);
    await putRow({ ...row, expires_at: Math.floor(Date.now() / 1000) - 1 });
    await until('the objects to be gone', async () => (await objectKeysOf(row)).length === 0, {
      withinMs: 60_000,
    });
    expect(await readRow(row.task_id)).toBeUndefined();
  });

  it('is an output alone, where the payload is small', async () => {
    const expression = '$join([1..60000].$string($))';
    const { taskId, row } = await ended({ type: 'data_processing', payload: { data: null, expression } });
    expect(row).not.toHaveProperty('payload_bytes');
    const { result } = (await client().output(taskId)) as { result: string };
    expect(result).toHaveLength(288_894);
    expect(await objectKeysOf(row)).toEqual([outputKeyOf(row, 1)]);
  });
});

describe('an upload', () => {
  it('of 5 MB is processed, and its task shows a link to it', async () => {
    const data = Array.from({ length: 5000 }, (_, n) => ({ n, text: 'x'.repeat(1024) }));
    const payload = { data, expression: '$sum(n)' };
    const payload_ref = await client().upload(payload);
    const { taskId } = await ended({ type: 'data_processing', payload_ref });
    expect((await client().result(taskId)).output).toEqual({ result: 12_497_500 });
    const task = await client().get(taskId);
    expect(task.payload).toBeNull();
    expect(await (await fetch(task.payload_url ?? '')).json()).toEqual(payload);
  });

  it('of 50 MB is a payload like any other', async () => {
    const text = 'x'.repeat(50 * 1024 * 1024 - 2);
    const { taskId } = await ended({ type: 'echo', payload_ref: await client().upload(text) });
    expect((await client().output(taskId)) === text).toBe(true);
  });

  it('of more or less than was promised is refused by its link', async () => {
    const role = 'task_submitter';
    const { body } = await request('/uploads', { method: 'POST', role, body: '{"size":5}' });
    const { upload_url, payload_ref } = body as { upload_url: string; payload_ref: string };
    for (const text of ['"abcd"', '"a"', '']) {
      expect((await fetch(upload_url, { method: 'PUT', body: text })).status).toBe(403);
    }
    const submission = JSON.stringify({ type: 'echo', payload_ref });
    const answer = await request('/tasks', { method: 'POST', role, body: submission });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: '/payload_ref' }] } });
  });

  it('that is no JSON, and too large to be looked into, fails its task once', async () => {
    const role = 'task_submitter';
    const text = `{${' '.repeat(1024 * 1024)}]`;
    const promise = { method: 'POST', role, body: JSON.stringify({ size: text.length }) } as const;
    const { upload_url, payload_ref } = (await request('/uploads', promise)).body as Record<string, string>;
    await fetch(upload_url ?? '', { method: 'PUT', body: text });
    const { task_id } = await client().submit({ type: 'echo', payload_ref: payload_ref ?? '' });
    expect(await client().wait(task_id)).toMatchObject({
      status: 'failed',
      attempt: 1,
      error: { code: 'validation_failed', retryable: false },
    });
  });
});

describe('a lost object', () => {
  it('that was a payload fails its task once, saying so', async () => {
    const row = await putRow(await withLargePayload(aSleepingRow(), undefined));
    await send('NormalQueueUrl', row);
    expect(await client().wait(row.task_id)).toMatchObject({
      status: 'failed',
      attempt: row.attempt + 1,
      payload: null,
      error: { code: 'payload_lost', retryable: false },
    });
  });

  it('that was an output is told by the result', async () => {
    const { taskId, row } = await ended({ type: 'echo', payload: 'x'.repeat(300_000) });
    await removeObject(outputKeyOf(row, 1));
    expect(await client().result(taskId)).toMatchObject({
      status: 'completed',
      output: null,
      error: { code: 'payload_lost', retryable: false },
    });
  });
});
