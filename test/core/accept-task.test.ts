import { describe, expect, it } from 'vitest';
import { acceptTask, MAX_INLINE_PAYLOAD_BYTES } from '../../core/accept-task.ts';
import { decodeHistory } from '../../core/history.ts';
import { MAX_DELAY_SECONDS } from '../../core/lane-delay.ts';
import type { Submission } from '../../core/submission.ts';
import { createdAtMs, hourOf, timeIndexKey, timeIndexSort } from '../../core/time-index.ts';

const NOW_MS = Date.UTC(2026, 10, 21, 10, 30);
const TERMS = { taskId: 'task-1', tenant: 'tenant-1', nowMs: NOW_MS, shard: 3 };
const accept = (submission: Partial<Submission> = {}) =>
  acceptTask({ type: 'echo', payload: null, ...submission }, TERMS);

describe('an accepted submission', () => {
  it('is a queued row that holds nothing that equals a default', () => {
    const { row } = accept({
      name: '',
      description: '',
      priority: 5,
      retry: {},
      metadata: {},
      tags: [],
    });
    expect(row).toEqual({
      task_id: 'task-1',
      type: 'echo',
      tenant: 'tenant-1',
      status: 'queued',
      version: 1,
      attempt: 0,
      generation: 1,
      failures: 0,
      released: 0,
      claimable_at: 0,
      history: row.history,
      listed_in: '2026-11-21T10#3',
      listed_at: `${NOW_MS}#task-1`,
      payload: 'null',
    });
    expect(decodeHistory(row.history)).toEqual([
      { at: NOW_MS, from: null, to: 'queued', cause: 'submitted' },
    ]);
  });

  it('has a payload above 200 KB in an object', () => {
    const text = JSON.stringify('ä'.repeat(102_400));
    const { row, ...payload } = accept({ payload: JSON.parse(text) });
    expect(payload).toEqual({ objectPayload: { text } });
    expect(row).toMatchObject({ payload_bytes: 204_802, has_objects: true });
    expect(row).not.toHaveProperty('payload');
    expect(row).not.toHaveProperty('payload_stored');
  });

  it('has a copy of an upload in an object, however small that is', () => {
    const { row, ...payload } = accept({ payload: undefined, upload: { key: 'uploads/1', bytes: 2 } });
    expect(payload).toEqual({ objectPayload: { uploadKey: 'uploads/1' } });
    expect(row).toMatchObject({ payload_bytes: 2, has_objects: true });
  });

  it('keeps what the caller named', () => {
    const named = {
      name: 'nightly',
      description: 'the nightly sum',
      agent_id: 'agent-7',
      priority: 1,
      timeout_seconds: 5,
      retry: { max_attempts: 1 },
      metadata: { cost_centre: 7 },
      tags: ['night'],
    };
    expect(accept(named).row).toMatchObject(named);
  });

  it('keeps the hash of its body where the terms have one', () => {
    expect(acceptTask({ type: 'echo', payload: 1 }, { ...TERMS, bodyHash: 'hash' }).row.body_hash).toBe(
      'hash',
    );
    expect(accept().row).not.toHaveProperty('body_hash');
  });

  it('holds a payload of 1 KB itself, counted in bytes', () => {
    const payload = 'x'.repeat(MAX_INLINE_PAYLOAD_BYTES - 2);
    expect(accept({ payload })).toMatchObject({ row: { payload: `"${payload}"` } });
    expect(accept({ payload })).not.toHaveProperty('storedPayload');
  });

  it('leaves a larger payload to an item of its own', () => {
    const payload = 'é'.repeat(MAX_INLINE_PAYLOAD_BYTES / 2);
    const { row, storedPayload } = accept({ payload });
    expect(row.payload_stored).toBe(true);
    expect(row).not.toHaveProperty('payload');
    expect(storedPayload).toBe(`"${payload}"`);
  });

  it('waits for its time, the timers having what no message can wait for', () => {
    const near = NOW_MS + MAX_DELAY_SECONDS * 1000;
    const { row } = accept({ scheduled_at: near });
    expect(row).toMatchObject({ status: 'scheduled', scheduled_at: near, claimable_at: near });
    expect(row).not.toHaveProperty('timer_at');
    expect(decodeHistory(row.history)).toMatchObject([{ to: 'scheduled', cause: 'submitted' }]);
    expect(accept({ scheduled_at: near + 1 }).row).toMatchObject({ timer_at: near + 1, timer_in: '3' });
  });

  it('is queued at once when its time is not in the future, and keeps the time', () => {
    expect(accept({ scheduled_at: NOW_MS }).row).toMatchObject({
      status: 'queued',
      claimable_at: 0,
      scheduled_at: NOW_MS,
    });
  });

  it('has a timer for its deadline', () => {
    const deadline = NOW_MS + 60_000;
    expect(accept({ deadline }).row).toMatchObject({
      status: 'queued',
      deadline,
      timer_at: deadline,
      timer_in: '3',
    });
  });

  it('tells when it was created', () => {
    expect(createdAtMs(accept().row)).toBe(NOW_MS);
  });
});

describe('the time index', () => {
  it('has a partition for each hour and shard, sorted by time', () => {
    expect(timeIndexKey(hourOf(NOW_MS), 7)).toBe('2026-11-21T10#7');
    const sorted = [timeIndexSort(NOW_MS, 'b'), timeIndexSort(NOW_MS + 1, 'a')];
    expect(sorted.toSorted()).toEqual(sorted);
  });
});
