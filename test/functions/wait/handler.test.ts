import { describe, expect, it } from 'vitest';
import { type AttemptOutcome, finishWrite } from '../../../core/finish.ts';
import { DEFAULT_RETRY } from '../../../core/retry.ts';
import { applyRowWrite } from '../../../core/row-write.ts';
import type { Submission } from '../../../core/submission.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { anApi, type HarnessOptions } from '../../support/api-harness.ts';
import { aResult, aRow, claimed, NOW_MS } from '../../support/builders.ts';

const terms = { nowMs: NOW_MS + 412, random: 0, policy: DEFAULT_RETRY, retentionSeconds: 3600 };
const SUCCEEDED: AttemptOutcome = { kind: 'succeeded', resultAttempt: 1 };
const failed = (retryable: boolean): AttemptOutcome => ({
  kind: 'failed',
  failure: { code: 'http_status', message: 'HTTP 503', retryable },
});

function finished(row: TaskRow, outcome: AttemptOutcome): TaskRow {
  const written = applyRowWrite(row, finishWrite(row, outcome, terms));
  if (written.kind !== 'applied' || written.row === undefined) throw new Error('not finished');
  return written.row;
}

function anApiWith(row: TaskRow, options: HarnessOptions = {}) {
  const api = anApi(options);
  api.tasks.rows.set(row.task_id, row);
  return { ...api, get: (rest = '') => api.call(`/tasks/${row.task_id}${rest}`) };
}

const completedRow = (submission: Partial<Submission> = {}) => finished(claimed(aRow(submission)), SUCCEEDED);

describe('GET /tasks/{task_id}', () => {
  it('shows a completed task with its times', async () => {
    const { status, body } = await anApiWith(completedRow()).get();
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'completed',
      version: 3,
      attempt: 1,
      payload: { n: 1 },
      progress: { percent: 100, message: '' },
      error: null,
      queued_at: '2026-11-21T10:00:00.000Z',
      started_at: '2026-11-21T10:00:00.000Z',
      completed_at: '2026-11-21T10:00:00.412Z',
      duration_ms: 412,
    });
  });

  it('answers at once without wait_seconds', async () => {
    const api = anApiWith(aRow());
    expect((await api.get()).body.status).toBe('queued');
    expect(api.clock.nowMs()).toBe(NOW_MS);
  });

  it('answers as soon as the task ends', async () => {
    const row = claimed(aRow());
    const api = anApiWith(row, {
      tasks: (store) =>
        Object.assign(store, {
          peek: async (taskId: string) => {
            if (api.clock.nowMs() >= NOW_MS + 3000) store.rows.set(taskId, finished(row, SUCCEEDED));
            return store.rows.get(taskId);
          },
        }),
    });
    expect((await api.get('?wait_seconds=25')).body.status).toBe('completed');
    expect(api.clock.nowMs()).toBeGreaterThanOrEqual(NOW_MS + 3000);
    expect(api.clock.nowMs()).toBeLessThanOrEqual(NOW_MS + 4000);
  });

  it('answers with the task as it is when the time is up, counted from when the request came in', async () => {
    const api = anApiWith(aRow());
    const path = `/tasks/${[...api.tasks.rows.keys()][0]}?wait_seconds=25`;
    const { status, body } = await api.call(path, { timeEpoch: NOW_MS - 10_000 });
    expect([status, body.status]).toEqual([200, 'queued']);
    expect(api.clock.nowMs()).toBe(NOW_MS + 15_000);
  });

  it.each([
    ['ahead', NOW_MS + 60_000, 25_000],
    ['hours behind', NOW_MS - 7200_000, 0],
  ])('never waits beyond the patience of API Gateway, whose clock is %s', async (_, timeEpoch, waitedMs) => {
    const api = anApiWith(aRow());
    await api.call(`/tasks/${[...api.tasks.rows.keys()][0]}?wait_seconds=25`, { timeEpoch });
    expect(api.clock.nowMs()).toBe(NOW_MS + waitedMs);
  });

  it('looks again after 50 ms, then less and less often, and consistently at the end', async () => {
    const at: string[] = [];
    const api = anApiWith(aRow(), {
      tasks: (store) => {
        const see = (how: string) => async (taskId: string) => {
          at.push(`${how} ${api.clock.nowMs() - NOW_MS}`);
          return store.rows.get(taskId);
        };
        return Object.assign(store, { read: see('read'), peek: see('peek') });
      },
    });
    await api.get('?wait_seconds=1');
    expect(at).toEqual([
      'read 0',
      'peek 50',
      'peek 125',
      'peek 237.5',
      'peek 406.25',
      'peek 659.375',
      'read 1000',
    ]);
  });

  it('is not led astray by a copy that is older, or has no such row yet', async () => {
    const row = claimed(aRow());
    const seen = [aRow({}, { taskId: row.task_id }), undefined];
    const api = anApiWith(row, {
      tasks: (store) => Object.assign(store, { peek: async () => seen.shift() }),
    });
    expect((await api.get('?wait_seconds=1')).body.status).toBe('processing');
  });

  it('fails with 404 for a task whose retention is over', async () => {
    const api = anApiWith(completedRow());
    api.clock.advance(3600_000);
    api.clock.advance(1000);
    expect((await api.get()).status).toBe(404);
  });

  it('shows null for a stored payload that is gone, and says so in the log', async () => {
    const { payload: _, ...row } = aRow();
    const api = anApiWith({ ...row, payload_stored: true });
    expect((await api.get()).body.payload).toBeNull();
    expect(api.log).toContainEqual({
      level: 'error',
      message: 'a stored payload is gone',
      fields: { task_id: row.task_id },
    });
  });
});

describe('GET /tasks/{task_id}/result', () => {
  it('shows what a completed task came to', async () => {
    const row = completedRow();
    const api = anApiWith(row);
    await api.results.put([aResult(row, { ended_at: NOW_MS + 400 })]);
    const { status, body } = await api.get('/result');
    expect(status).toBe(200);
    expect(body).toEqual({
      task_id: row.task_id,
      status: 'completed',
      output: { n: 1 },
      error: null,
      started_at: '2026-11-21T10:00:00.000Z',
      completed_at: '2026-11-21T10:00:00.412Z',
      duration_ms: 412,
      attempts: [
        {
          attempt: 1,
          started_at: '2026-11-21T10:00:00.000Z',
          ended_at: '2026-11-21T10:00:00.400Z',
          error: null,
          usage: { cpu_ms: 1, max_memory_mb: 90 },
        },
      ],
      usage: { cpu_ms: 1, max_memory_mb: 90 },
      cached: false,
      fallback_used: false,
    });
  });

  it('shows the error of a failed task, every attempt, and their usage together', async () => {
    const error = { code: 'http_status', message: 'HTTP 503', retryable: true };
    const first = claimed(aRow());
    const second = claimed(finished(first, failed(true)));
    const row = finished(second, failed(false));
    const api = anApiWith(row);
    const attempt = { succeeded: false, error } as const;
    await api.results.put([
      aResult(first, { ...attempt, usage: { cpu_ms: 3, max_memory_mb: 100 } }),
      aResult(second, { ...attempt, usage: { cpu_ms: 4, max_memory_mb: 80 } }),
    ]);
    const { body } = await api.get('/result');
    expect(body).toMatchObject({ status: 'failed', output: null, error: { code: 'http_status' } });
    expect(body.attempts.map((one: { attempt: number; error: object }) => [one.attempt, one.error])).toEqual([
      [1, error],
      [2, error],
    ]);
    expect(body.usage).toEqual({ cpu_ms: 7, max_memory_mb: 100 });
  });

  it('shows an attempt that lost its lease as that', async () => {
    const crashed = claimed(aRow(), 'lease-1');
    const second = claimed(crashed, 'lease-2');
    const row = finished(second, { kind: 'succeeded', resultAttempt: 2 });
    const api = anApiWith(row);
    await api.results.put([aResult(second)]);
    const { attempts } = (await api.get('/result')).body;
    expect(attempts).toHaveLength(2);
    expect(attempts[0]).toEqual({
      attempt: 1,
      started_at: '2026-11-21T10:00:00.000Z',
      ended_at: null,
      error: { code: 'lease_expired', message: expect.stringContaining('lease'), retryable: true },
      usage: null,
    });
  });

  it('leaves out an attempt that only wrote down what an earlier one had stored', async () => {
    const first = claimed(aRow(), 'lease-1');
    const second = claimed(first, 'lease-2');
    const row = finished(second, SUCCEEDED);
    const api = anApiWith(row);
    await api.results.put([aResult(first)]);
    const { body } = await api.get('/result');
    expect(body.output).toEqual({ n: 1 });
    expect(body.attempts.map(({ attempt }: { attempt: number }) => attempt)).toEqual([1]);
  });

  it('does not show what a lost attempt stored after another had ended the task', async () => {
    const row = completedRow();
    const api = anApiWith(row);
    await api.results.put([aResult(row), aResult({ ...row, attempt: 2 }, { output: '"zombie"' })]);
    const { body } = await api.get('/result');
    expect([body.output, body.attempts.length]).toEqual([{ n: 1 }, 1]);
  });

  it('does not call an attempt lost that left nothing, where the history has forgotten how it ended', async () => {
    const row = { ...completedRow(), attempt: 3, result_attempt: 3 };
    const api = anApiWith(row);
    await api.results.put([aResult(row)]);
    const { attempts } = (await api.get('/result')).body;
    expect(attempts.map(({ attempt }: { attempt: number }) => attempt)).toEqual([3]);
  });

  it('shows a task that was dead-lettered before any attempt, without attempts', async () => {
    const error = { code: 'dead_lettered', message: 'received 20 times', retryable: false };
    const { body } = await anApiWith({ ...aRow(), status: 'failed', error }).get('/result');
    expect(body).toMatchObject({ attempts: [], started_at: null, duration_ms: null, error });
    expect(body.usage).toEqual({ cpu_ms: 0, max_memory_mb: 0 });
  });

  it('shows a task that was cancelled while it ran', async () => {
    const { error: _, ...row } = claimed(aRow());
    const api = anApiWith({ ...row, status: 'cancelled' });
    expect((await api.get('/result')).body).toMatchObject({ status: 'cancelled', output: null, error: null });
  });

  it('shows null for a result that is gone, and says so in the log', async () => {
    const api = anApiWith(completedRow());
    expect((await api.get('/result')).body.output).toBeNull();
    expect(api.log.some(({ message }) => message === 'a stored result is gone')).toBe(true);
  });

  it('fails with 409 before the end, also after waiting', async () => {
    for (const query of ['', '?wait_seconds=2']) {
      const { status, body } = await anApiWith(claimed(aRow())).get(`/result${query}`);
      expect([status, body.code, body.task_status]).toEqual([409, 'task_not_finished', 'processing']);
    }
  });
});

describe('GET /tasks/{task_id}/history', () => {
  it('shows every transition, oldest first', async () => {
    const { status, body } = await anApiWith(completedRow()).get('/history');
    expect(status).toBe(200);
    expect(body).toEqual({
      items: [
        { at: '2026-11-21T10:00:00.000Z', from: null, to: 'queued', cause: 'submitted' },
        { at: '2026-11-21T10:00:00.000Z', from: 'queued', to: 'processing', cause: 'claimed' },
        { at: '2026-11-21T10:00:00.412Z', from: 'processing', to: 'completed', cause: 'succeeded' },
      ],
    });
  });
});
