import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EXPRESS_NET_SECONDS, followUpsOf, isExpress, sendDelaySeconds } from '../../core/follow-up.ts';
import { MAX_DELAY_SECONDS } from '../../core/lane-delay.ts';
import { PAYLOAD_LIFE_SECONDS } from '../../core/payload-id.ts';
import { TASK_STATUSES } from '../../core/status.ts';
import type { TaskRow } from '../../core/task-row.ts';
import { isLeftToTimers } from '../../core/timer.ts';
import { aRow, NOW_MS } from '../support/builders.ts';

const anyRow = fc
  .record({
    status: fc.constantFrom(...TASK_STATUSES),
    generation: fc.integer({ min: 1, max: 9 }),
    priority: fc.integer({ min: 1, max: 10 }),
    claimable_at: fc.integer({ min: 0, max: NOW_MS * 2 }),
    timer: fc.option(fc.integer({ min: 0, max: NOW_MS * 2 }), { nil: undefined }),
    payload_stored: fc.boolean(),
    expires_at: fc.integer({ min: 1 }),
  })
  .map(({ timer, ...change }): TaskRow => {
    const row = { ...aRow(), ...change };
    return timer === undefined ? row : { ...row, timer_at: timer };
  });

const send = (change: Partial<{ dueAtMs: number; express: boolean }> = {}) =>
  ({
    kind: 'send',
    lane: 'normal',
    queue: 'normal',
    generation: 1,
    dueAtMs: 0,
    express: false,
    ...change,
  }) as const;

describe('what follows from a row', () => {
  it('is the message of its generation, for a task that waits in its lane', () => {
    const retrying: TaskRow = {
      ...aRow({ priority: 9 }),
      status: 'retrying',
      generation: 4,
      claimable_at: NOW_MS,
    };
    expect(followUpsOf(aRow())).toEqual([send()]);
    expect(followUpsOf(retrying)).toEqual([
      { kind: 'send', lane: 'low', queue: 'low', generation: 4, dueAtMs: NOW_MS, express: false },
    ]);
  });

  it('is the labels of a row that was stored without them', () => {
    const row = aRow({ tags: ['a', 'b'] });
    expect(followUpsOf(row)).toEqual([send(), { kind: 'label', names: ['tag#a', 'tag#b'] }]);
    expect(followUpsOf({ ...row, labelled: true })).toEqual([send()]);
  });

  it('is nothing for a row that was only touched', () => {
    fc.assert(
      fc.property(anyRow, (row) => {
        expect(followUpsOf({ ...row, progress: { percent: 1, message: '' } }, row)).toEqual([]);
      }),
    );
  });

  it('is the same from a record that comes again, and from the row alone', () => {
    fc.assert(
      fc.property(anyRow, anyRow, (row, previous) => {
        const all = followUpsOf(row);
        const due = followUpsOf(row, previous);
        expect(followUpsOf(row, previous)).toEqual(due);
        expect(all).toEqual(expect.arrayContaining([...due]));
      }),
    );
  });

  it('is a message just for a task that waits for one: not once it runs, has ended, or is left to the timers', () => {
    fc.assert(
      fc.property(anyRow, (row) => {
        const sends = followUpsOf(row).filter(({ kind }) => kind === 'send');
        const waits = ['queued', 'scheduled', 'retrying'].includes(row.status);
        expect(sends.length).toBe(waits && !isLeftToTimers(row) ? 1 : 0);
      }),
    );
  });

  it('is the message of a scheduled task, unless its due time is the timers’', () => {
    const near = { ...aRow({ scheduled_at: NOW_MS + MAX_DELAY_SECONDS * 1000 }), labelled: true };
    const far = { ...aRow({ scheduled_at: NOW_MS + MAX_DELAY_SECONDS * 1000 + 1 }), labelled: true };
    expect(followUpsOf(near)).toEqual([send({ dueAtMs: near.claimable_at })]);
    expect(followUpsOf(far)).toEqual([]);
  });

  it('is a message of a waiting task whose timer is but its deadline', () => {
    const row = aRow({ deadline: NOW_MS + 60_000 });
    expect(row.timer_at).toBe(NOW_MS + 60_000);
    expect(followUpsOf(row)).toEqual([send()]);
  });

  it('lets a stored payload expire with the task, once it has ended', () => {
    const ended: TaskRow = { ...aRow(), status: 'completed', payload_stored: true, expires_at: 77 };
    const expiry = { kind: 'expire_payload', payloadId: ended.task_id, expiresAtSeconds: 77 };
    expect(followUpsOf(ended, { ...ended, status: 'processing' })).toEqual([expiry]);
    expect(followUpsOf(ended, ended)).toEqual([]);
    const { expires_at: _expires, ...undated } = ended;
    expect(followUpsOf(undated)).toEqual([]);
    expect(followUpsOf({ ...aRow(), status: 'completed', expires_at: 77 })).toEqual([]);
  });

  it('keeps a stored payload as long as its task, which is cancelled after it had failed', () => {
    const failed: TaskRow = { ...aRow(), status: 'failed', payload_stored: true, expires_at: 77 };
    const cancelled: TaskRow = { ...failed, status: 'cancelled', expires_at: 99 };
    expect(followUpsOf(cancelled, failed)).toEqual([
      { kind: 'expire_payload', payloadId: failed.task_id, expiresAtSeconds: 99 },
    ]);
  });

  it('gives the payload of a task that is retried by hand another life', () => {
    const life = { attempt: 1, failures: 1, released: 0 };
    const retried: TaskRow = { ...aRow(), payload_stored: true, life };
    const failed: TaskRow = { ...retried, status: 'failed' };
    const expiry = {
      kind: 'expire_payload',
      payloadId: retried.task_id,
      expiresAtSeconds: NOW_MS / 1000 + PAYLOAD_LIFE_SECONDS,
    };
    expect(followUpsOf(retried, failed)).toContainEqual(expiry);
    expect(followUpsOf(retried)).toContainEqual(expiry);
    expect(followUpsOf({ ...retried, status: 'retrying' }, retried)).not.toContainEqual(expiry);
  });

  it('leaves to the timers what the row itself has given to them', () => {
    const late: TaskRow = { ...aRow(), status: 'scheduled', claimable_at: 500, timer_at: 500, timer_in: '0' };
    expect(followUpsOf(late)).toEqual([]);
    expect(followUpsOf({ ...late, timer_at: 501 })).toMatchObject([{ kind: 'send', dueAtMs: 500 }]);
  });
});

describe('the express path', () => {
  it('is for a task just created on critical, and for no later generation', () => {
    expect(isExpress(aRow({ priority: 2 }))).toBe(true);
    expect(isExpress(aRow({ priority: 3 }))).toBe(false);
    expect(isExpress({ ...aRow({ priority: 1 }), generation: 2 })).toBe(false);
    expect(isExpress({ ...aRow({ priority: 1 }), status: 'retrying' })).toBe(false);
  });

  it('holds the dispatcher’s copy back, which then meets an ended row', () => {
    expect(followUpsOf(aRow({ priority: 1 }))).toMatchObject([{ express: true }]);
    expect(sendDelaySeconds(send({ express: true }), NOW_MS)).toBe(EXPRESS_NET_SECONDS);
  });
});

describe('the delay of a message', () => {
  it('is none for what is due', () => {
    expect(sendDelaySeconds(send(), NOW_MS)).toBe(0);
    expect(sendDelaySeconds(send({ dueAtMs: NOW_MS }), NOW_MS)).toBe(0);
  });

  it('is rounded up to the second', () => {
    expect(sendDelaySeconds(send({ dueAtMs: NOW_MS + 1001 }), NOW_MS)).toBe(2);
  });

  it('is a whole number of seconds that SQS takes, and not longer than needed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: NOW_MS * 2 }), fc.boolean(), (dueAtMs, express) => {
        const delaySeconds = sendDelaySeconds(send({ dueAtMs, express }), NOW_MS);
        expect(Number.isInteger(delaySeconds)).toBe(true);
        expect(delaySeconds).toBeGreaterThanOrEqual(0);
        expect(delaySeconds).toBeLessThanOrEqual(MAX_DELAY_SECONDS);
        if (!express) expect(delaySeconds * 1000).toBeLessThan(Math.max(0, dueAtMs - NOW_MS) + 1000);
      }),
    );
  });
});
