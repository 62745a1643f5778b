import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryByHandChange } from '../../core/changes/retry-by-hand.ts';
import { followUpsOf } from '../../core/follow-up.ts';
import { relatedTasksOf, WEBHOOK_TYPE } from '../../core/related-tasks.ts';
import { retryDelayMs } from '../../core/retry.ts';
import { TASK_STATUSES } from '../../core/status.ts';
import type { TaskRow } from '../../core/task-row.ts';
import { createdAtMs, timeIndexSort } from '../../core/time-index.ts';
import { applied } from '../support/applied-change.ts';
import { aRow, claimed, NOW_MS } from '../support/builders.ts';

const undo = { type: 'http_request', payload: { url: 'https://example.com/undo' } };
const url = 'https://example.com/hook';
const ended = (status: TaskRow['status'], more: Partial<TaskRow> = {}): TaskRow => ({
  ...claimed(aRow({ compensation: undo, callback_url: url })),
  status,
  ...more,
});

describe('the tasks that follow from the end of a task', () => {
  it('are none before the end, and none of a task that asks for none', () => {
    for (const status of TASK_STATUSES.slice(0, 5)) expect(relatedTasksOf(ended(status))).toEqual([]);
    expect(relatedTasksOf({ ...claimed(aRow()), status: 'failed' })).toEqual([]);
    expect(aRow()).not.toHaveProperty('on_end');
  });

  it('compensate what has failed, and nothing else', () => {
    const typesOf = (row: TaskRow) => relatedTasksOf(row).map(({ submission }) => submission.type);
    expect(typesOf(ended('failed'))).toEqual(['http_request', WEBHOOK_TYPE]);
    expect(typesOf(ended('completed'))).toEqual([WEBHOOK_TYPE]);
    expect(typesOf(ended('cancelled'))).toEqual([WEBHOOK_TYPE]);
    const [compensation] = relatedTasksOf(ended('failed'));
    expect(compensation?.submission).toMatchObject({
      ...undo,
      name: expect.stringMatching(/^compensation of task-/),
    });
  });

  it('tell the event of each end', () => {
    const row = ended('failed');
    const [, webhook] = relatedTasksOf(row);
    expect(webhook?.submission.payload).toEqual({ url, event: 'task.failed', task_id: row.task_id });
  });

  it('have the same ids however often they are asked for, and others for another end', () => {
    const idsOf = (row: TaskRow) => relatedTasksOf(row).map(({ taskId }) => taskId);
    const row = ended('failed');
    expect(idsOf(row)).toEqual(idsOf({ ...row }));
    const again = idsOf({ ...row, attempt: 2, version: 5 });
    expect(new Set([...idsOf(row), ...again]).size).toBe(4);
  });

  it('compensate a second life that has failed before its first attempt', () => {
    const first = ended('failed');
    const retried = applied(first, retryByHandChange(first, NOW_MS));
    // By a deadline, or by what it depends on.
    const again = { ...retried, status: 'failed', version: retried.version + 1 } as const;
    expect(again.attempt).toBe(first.attempt);
    const [before, after] = [first, again].map((row) => relatedTasksOf(row)[0]?.taskId);
    expect(after).not.toBe(before);
  });

  it('have other ids when an idempotency key has given the id of an expired task to another one', () => {
    const row = ended('failed');
    const next = { ...row, listed_at: timeIndexSort(createdAtMs(row) + 1, row.task_id) };
    const ids = [row, next].flatMap((one) => relatedTasksOf(one).map(({ taskId }) => taskId));
    expect(new Set(ids).size).toBe(4);
  });

  it('follow once from the change to the end', () => {
    const row = ended('failed');
    const creates = (previous?: TaskRow) =>
      followUpsOf(row, previous).filter(({ kind }) => kind === 'create').length;
    expect([creates(), creates({ ...row, status: 'processing' }), creates(row)]).toEqual([2, 2, 0]);
  });
});

describe('a delivery', () => {
  it('is tried for about a day', () => {
    const [, webhook] = relatedTasksOf(ended('failed'));
    const policy = { max_attempts: 0, ...webhook?.submission.retry } as Parameters<typeof retryDelayMs>[0];
    const delays = Array.from({ length: policy.max_attempts - 1 }, (_, n) => retryDelayMs(policy, n + 1, 0));
    const hours = delays.reduce((sum, ms) => sum + ms, 0) / 3_600_000;
    expect(hours).toBeGreaterThan(24);
    expect(hours).toBeLessThan(26);
  });
});

it('a derived id is one of a task', () => {
  fc.assert(
    fc.property(fc.nat(), (attempt) => {
      const [first] = relatedTasksOf(ended('failed', { attempt }));
      expect(first?.taskId).toMatch(/^task-[0-9a-f-]{36}$/);
    }),
    { numRuns: 20 },
  );
});
