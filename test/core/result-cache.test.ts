import { describe, expect, it } from 'vitest';
import { acceptTask, COPY_ATTEMPT } from '../../core/accept-task.ts';
import { cacheEntryOf, cacheKeyOf, isUsable, resultIdOf } from '../../core/result-cache.ts';
import { NEVER } from '../../core/task-row.ts';
import { aResult, aRow, claimed, NOW_MS } from '../support/builders.ts';

const SUBJECT = { tenant: 't', type: 'echo', version: 1, payload: { a: 1, b: [2] } };
const NOW_SECONDS = NOW_MS / 1000;

describe('the key of a subject', () => {
  it('is the same for equal payloads, however they are written', () => {
    expect(cacheKeyOf({ ...SUBJECT, payload: { b: [2], a: 1 } })).toBe(cacheKeyOf(SUBJECT));
    expect(cacheKeyOf(SUBJECT)).toMatch(/^[\w-]{43}$/);
  });

  it.each([
    ['tenant', { tenant: 'u' }],
    ['type', { type: 'echo2' }],
    ['version of the handler', { version: 2 }],
    ['payload', { payload: { a: 1, b: [2, null] } }],
    ['number that is text', { payload: { a: '1', b: [2] } }],
  ])('is another one for another %s', (_, change) => {
    expect(cacheKeyOf({ ...SUBJECT, ...change })).not.toBe(cacheKeyOf(SUBJECT));
  });

  it('keeps tenant and type apart', () => {
    expect(cacheKeyOf({ ...SUBJECT, tenant: 'te', type: 'cho' })).not.toBe(
      cacheKeyOf({ ...SUBJECT, tenant: 't', type: 'echo' }),
    );
  });
});

describe('an entry', () => {
  const subject = { version: 3, payload: 7 };

  it('points to the result, until its time is over', () => {
    const row = claimed(aRow({ cache_ttl_seconds: 60 }));
    const result = aResult(row, { ended_at: NOW_MS });
    expect(cacheEntryOf(row, result, subject)).toEqual({
      key: cacheKeyOf({ tenant: row.tenant, type: row.type, ...subject }),
      task_id: row.task_id,
      attempt: 1,
      epoch: 0,
      expires_at: NOW_SECONDS + 60,
    });
  });

  it('is over when the result is', () => {
    const row = claimed({ ...aRow({ cache_ttl_seconds: 7200 }), cache_epoch: 4 });
    const result = aResult(row, { expires_at: NOW_SECONDS + 3600 });
    expect(cacheEntryOf(row, result, subject)).toMatchObject({ epoch: 4, expires_at: NOW_SECONDS + 3600 });
  });

  it('is made for no task that does not ask', () => {
    const row = claimed(aRow());
    expect(cacheEntryOf(row, aResult(row), subject)).toBeUndefined();
  });

  it('may serve in its own epoch, before its time is over', () => {
    const entry = { key: 'k', task_id: 'task-1', attempt: 1, epoch: 2, expires_at: NOW_SECONDS };
    expect(isUsable(entry, 2, NOW_MS - 1)).toBe(true);
    expect(isUsable(entry, 2, NOW_MS)).toBe(false);
    expect(isUsable(entry, 3, NOW_MS - 1)).toBe(false);
  });
});

describe('a submission that asks for the cache', () => {
  const terms = { taskId: 'task-1', tenant: 't', nowMs: NOW_MS, shard: 0 };
  const accept = (cached?: { epoch: number; resultId?: string }) =>
    acceptTask(
      { type: 'echo', payload: 1, cache_ttl_seconds: 60, deadline: NOW_MS + 1 },
      { ...terms, ...(cached === undefined ? {} : { cached: { ...cached, retentionSeconds: 3600 } }) },
    ).row;

  it('is queued where there is nothing, with the epoch that its result will be of', () => {
    expect(accept({ epoch: 7 })).toMatchObject({ status: 'queued', cache_ttl_seconds: 60, cache_epoch: 7 });
    expect(accept({ epoch: 0 })).not.toHaveProperty('cache_epoch');
    expect(accept()).toEqual(accept({ epoch: 0 }));
  });

  it('has ended with what there is: nothing claims it, no timer wakes it, it has a date to go', () => {
    const row = accept({ epoch: 0, resultId: 'task-2' });
    expect(row).toMatchObject({
      status: 'completed',
      version: 1,
      attempt: 0,
      claimable_at: NEVER,
      cached_result: 'task-2',
      result_attempt: COPY_ATTEMPT,
      expires_at: NOW_SECONDS + 3600,
    });
    expect(row).not.toHaveProperty('timer_at');
    expect(row.history).toHaveLength(1);
    expect([resultIdOf(row), resultIdOf({ task_id: 'task-1' })]).toEqual(['task-2', 'task-1']);
  });
});
