import { describe, expect, it } from 'vitest';
import { claimWrite, judgeRefusedClaim, lookAtClaim } from '../../core/claim.ts';
import { moveOnIfEmpty } from '../../core/dependencies/take-members.ts';
import { finishWrite, judgeRefusedFinish } from '../../core/finish.ts';
import { followUpsOf, isExpress } from '../../core/follow-up.ts';
import { isSentByApi, mustRunAlone, netPlaceOf, orderGroupOf, takesPlace } from '../../core/order.ts';
import { outgoingMessageOf } from '../../core/outgoing-message.ts';
import { queueNameOf } from '../../core/queue-name.ts';
import { DEFAULT_RETRY } from '../../core/retry.ts';
import { applyRowWrite } from '../../core/row-write.ts';
import { failure } from '../../core/task-failure.ts';
import type { TaskRow } from '../../core/task-row.ts';
import { NET_MS, RETRY_NET_MS } from '../../core/timer.ts';
import { fateInPlace } from '../../core/usecases/message-fate.ts';
import { aRow, claimed, NOW_MS } from '../support/builders.ts';

const anOrdered = (change: Partial<TaskRow> = {}): TaskRow => ({
  ...aRow({ ordering_key: 'account-7' }),
  ...change,
});
const terms = {
  nowMs: NOW_MS,
  random: 0,
  policy: { ...DEFAULT_RETRY, jitter: 'none' },
  retentionSeconds: 60,
} as const;
const boom = { kind: 'failed', failure: failure('boom', 'it failed', true) } as const;

describe('an accepted ordered task', () => {
  it('has the timers below its message, rising with its place in the batch', () => {
    expect(anOrdered()).toMatchObject({
      ordering_key: 'account-7',
      timer_at: NOW_MS + NET_MS,
      timer_in: '0',
    });
    expect(aRow()).not.toHaveProperty('timer_at');
    expect(aRow({ scheduled_at: NOW_MS + 60_000, ordering_key: 'k' })).not.toHaveProperty('timer_at');
  });

  it('is listed and timed in the shard of its key, another task in its own', () => {
    const places = Array.from({ length: 50 }, (_, n) =>
      netPlaceOf({ task_id: `task-${n}`, tenant: 'acme', ordering_key: 'k' }, n, 8),
    );
    expect(new Set(places.map(({ shard }) => shard)).size).toBe(1);
    expect(places.map(({ place }) => place)).toEqual(places.map((_, n) => n));
    const others = Array.from({ length: 50 }, (_, n) =>
      netPlaceOf({ task_id: `task-${n}`, tenant: 'acme' }, n, 8),
    );
    expect(new Set(others.map(({ shard }) => shard)).size).toBe(8);
    expect(new Set(others.map(({ place }) => place))).toEqual(new Set([0]));
  });

  it('belongs to the group of its key and tenant', () => {
    const group = orderGroupOf({ tenant: 'acme', ordering_key: 'k' });
    expect(orderGroupOf({ tenant: 'emca', ordering_key: 'k' })).not.toBe(group);
    expect(orderGroupOf({ tenant: 'acme', ordering_key: 'l' })).not.toBe(group);
    expect(orderGroupOf({ tenant: 'acme', ordering_key: 'k' })).toBe(group);
  });
});

describe('the message of an ordered task', () => {
  it('is sent by the API while nobody has claimed what it created', () => {
    expect(isSentByApi(anOrdered())).toBe(true);
    expect(isSentByApi(aRow())).toBe(false);
    expect(isSentByApi(anOrdered({ attempt: 1 }))).toBe(false);
    expect(isSentByApi(anOrdered({ generation: 2 }))).toBe(false);
    expect(isSentByApi(aRow({ ordering_key: 'k', scheduled_at: NOW_MS + 60_000 }))).toBe(false);
    expect(isSentByApi(claimed(anOrdered()))).toBe(false);
  });

  it('is then left alone by the dispatcher, whatever its priority', () => {
    expect(followUpsOf(anOrdered())).toEqual([]);
    expect(followUpsOf(anOrdered({ priority: 1 }))).toEqual([]);
    expect(isExpress(anOrdered({ priority: 1 }))).toBe(false);
  });

  it('is sent by the dispatcher when the task becomes ready later', () => {
    const waiting = anOrdered({ status: 'waiting' });
    const release = moveOnIfEmpty(waiting, NOW_MS);
    const outcome = release && applyRowWrite(waiting, release);
    const released = outcome?.kind === 'applied' ? outcome.row : undefined;
    if (released === undefined) throw new Error('it is not released');
    expect(released).toMatchObject({ status: 'queued', timer_at: NOW_MS + NET_MS });
    expect(takesPlace(released, waiting)).toBe(true);
    expect(takesPlace(released)).toBe(true);
    expect(takesPlace(released, released)).toBe(false);
    const due = anOrdered({ generation: 2 });
    expect(takesPlace(due, anOrdered({ status: 'scheduled' }))).toBe(true);
    expect(followUpsOf(due, anOrdered({ status: 'scheduled' }))).toMatchObject([
      { kind: 'send', queue: 'ordered', generation: 2, express: false },
    ]);
    expect(outgoingMessageOf(due, 5)).toEqual({
      task_id: due.task_id,
      generation: 2,
      lane: 'normal',
      queue: 'ordered',
      group: orderGroupOf(due),
      delaySeconds: 0,
    });
  });

  it('is never sent again for a task that waits in its place', () => {
    expect(followUpsOf(anOrdered({ status: 'retrying', claimable_at: NOW_MS, failures: 1 }))).toEqual([]);
    const givenBack = anOrdered({ attempt: 1, released: 1 });
    expect(takesPlace(givenBack, claimed(anOrdered()))).toBe(false);
  });

  it('waits for a due time in the lane of the task, to give it its place then', () => {
    const scheduled = aRow({ ordering_key: 'k', scheduled_at: NOW_MS + 60_000, priority: 9 });
    const [send] = followUpsOf(scheduled);
    expect(send).toMatchObject({ kind: 'send', queue: 'low', dueAtMs: NOW_MS + 60_000 });
    expect(outgoingMessageOf(scheduled, 60)).toMatchObject({ queue: 'low', delaySeconds: 60, wake: true });
    expect(outgoingMessageOf(aRow(), 60)).not.toHaveProperty('wake');
    expect(queueNameOf({ ordering_key: 'k', priority: 1, solo: true })).toBe('ordered');
  });
});

describe('an attempt of an ordered task', () => {
  it('that fails leaves the task in its place: no new generation, and a net behind its due time', () => {
    const row = claimed(anOrdered());
    const write = finishWrite(row, boom, terms);
    expect(write.increment).toEqual(['version', 'failures']);
    expect(write.set).toMatchObject({
      status: 'retrying',
      claimable_at: NOW_MS + 1000,
      timer_at: NOW_MS + 1000 + RETRY_NET_MS,
    });
    expect(finishWrite(claimed(aRow()), boom, terms).increment).toEqual([
      'version',
      'failures',
      'generation',
    ]);
  });

  it('that is given back leaves it in its place too', () => {
    const row = claimed(anOrdered());
    const alone = finishWrite(row, { kind: 'released', reason: 'alone' }, terms);
    expect(alone).toMatchObject({
      increment: ['version', 'released'],
      set: { status: 'queued', claimable_at: 0 },
    });
    expect(alone.set).not.toHaveProperty('solo');
    const dueAtMs = NOW_MS + 60_000;
    const open = finishWrite(row, { kind: 'released', reason: 'circuit', dueAtMs }, terms);
    expect(open).toMatchObject({ increment: ['version', 'released'], set: { claimable_at: dueAtMs } });
  });

  it('runs alone in its place once two have crashed, and never goes to another queue', () => {
    const row: TaskRow = { ...claimed(anOrdered()), attempt: 3 };
    expect(mustRunAlone(row)).toBe(true);
    expect(mustRunAlone({ ...row, attempt: 2 })).toBe(false);
    expect(lookAtClaim(row, NOW_MS, [])).toEqual({ kind: 'run' });
    const { ordering_key: _key, ...unordered } = row;
    expect(mustRunAlone(unordered)).toBe(false);
    expect(lookAtClaim(unordered, NOW_MS, [])).toEqual({ kind: 'go_solo' });
  });

  it('whose finish was lost and written all the same has left its message where it is', () => {
    const row = claimed(anOrdered());
    const outcome = applyRowWrite(row, finishWrite(row, boom, terms));
    const written = outcome.kind === 'applied' ? outcome.row : undefined;
    expect(judgeRefusedFinish(written, row)).toEqual({ kind: 'left_in_place' });
    expect(judgeRefusedFinish(claimed({ ...anOrdered(), attempt: 1 }), row)).toEqual({
      kind: 'report_failed',
    });
  });
});

describe('a refused claim of an ordered task', () => {
  const message = { task_id: 'task', generation: 1 };

  it('lets the others pass when it waits for its fallback task: it has left its place', () => {
    const row = claimed(anOrdered({ fallback: { task: { type: 'echo', payload: 1 } } }));
    const last = { ...terms, policy: { ...terms.policy, max_attempts: 1 } };
    const write = finishWrite(row, boom, last);
    expect(write.set.status).toBe('waiting');
    expect(fateInPlace(row, write, NOW_MS)).toBeUndefined();
    const outcome = applyRowWrite(row, write);
    const waiting = outcome.kind === 'applied' ? outcome.row : undefined;
    expect(judgeRefusedClaim(waiting, message, 'mine')).toEqual({ kind: 'acknowledge' });
  });

  it('holds them up while it runs', () => {
    const row = claimed(anOrdered());
    const claim = claimWrite(row, { nowMs: NOW_MS, leaseMs: 1, leaseId: 'other' });
    expect(applyRowWrite(row, claim).kind).toBe('refused');
    expect(judgeRefusedClaim(row, message, 'other')).toEqual({ kind: 'put_back', untilMs: row.claimable_at });
  });
});
