import { describe, expect, it } from 'vitest';
import { LOOK_AHEAD_MS } from '../../../core/changes/sweep-timer.ts';
import type { OutgoingMessage } from '../../../core/ports.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { NET_MS } from '../../../core/timer.ts';
import { sweepTimers } from '../../../core/usecases/sweep-timers.ts';
import { aResult, aRow, claimed, newTaskId } from '../../support/builders.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { InMemoryEdgeStore } from '../../support/in-memory-edge-store.ts';
import { InMemoryResultStore } from '../../support/in-memory-result-store.ts';
import { InMemoryTaskStore } from '../../support/in-memory-task-store.ts';
import { InMemoryTimerIndex } from '../../support/in-memory-timer-index.ts';

const HOUR_MS = 3_600_000;

function setup() {
  const tasks = new InMemoryTaskStore();
  const results = new InMemoryResultStore();
  const clock = new FixedClock();
  const edges = new InMemoryEdgeStore();
  const given = (row: TaskRow) => {
    tasks.rows.set(row.task_id, row);
    return () => tasks.rows.get(row.task_id);
  };
  const sent: OutgoingMessage[] = [];
  const down = new Set<string>();
  const lanes = {
    send: async (messages: readonly OutgoingMessage[]) => {
      sent.push(...messages);
      return messages.map(({ task_id }) => !down.has(task_id));
    },
  };
  const timers = new InMemoryTimerIndex(tasks.rows);
  const sweep = () => sweepTimers({ tasks, results, timers, edges, lanes, clock, retentionSeconds: 60 }, '0');
  return { tasks, results, edges, clock, given, sweep, sent, down };
}

it('gives a due time that is near to the lane, once, and leaves what is far', async () => {
  const { clock, given, sweep } = setup();
  const near = given(aRow({ scheduled_at: clock.nowMs() + HOUR_MS }));
  const far = given(aRow({ scheduled_at: clock.nowMs() + 2 * HOUR_MS }));
  expect(await sweep()).toEqual({ due: 0, changed: 0, unconfirmed: 0 });

  clock.advance(HOUR_MS - LOOK_AHEAD_MS);
  expect(await sweep()).toEqual({ due: 1, changed: 1, unconfirmed: 0 });
  expect(near()).toMatchObject({
    status: 'scheduled',
    generation: 2,
    claimable_at: clock.nowMs() + LOOK_AHEAD_MS,
  });
  expect(near()).not.toHaveProperty('timer_at');
  expect(far()).toMatchObject({ generation: 1, timer_at: far()?.claimable_at });
  expect(await sweep()).toEqual({ due: 0, changed: 0, unconfirmed: 0 });
});

it('fails what has not ended by its deadline, and not before', async () => {
  const { clock, given, sweep } = setup();
  const deadline = clock.nowMs() + 60_000;
  const task = given(aRow({ deadline }));
  const running = given(claimed(aRow({ deadline })));
  expect(await sweep()).toEqual({ due: 2, changed: 0, unconfirmed: 0 });
  clock.advance(60_000);
  expect(await sweep()).toEqual({ due: 2, changed: 1, unconfirmed: 0 });
  expect(task()).toMatchObject({
    status: 'failed',
    error: { code: 'deadline_exceeded' },
    failed_in: 'normal',
  });
  expect(running()?.status).toBe('processing');
});

it('walks all pages, also past entries that have nothing to do yet', async () => {
  const { clock, given, sweep } = setup();
  for (let n = 0; n < 150; n += 1) given(aRow({ deadline: clock.nowMs() + 1000 + n }));
  clock.advance(1100);
  expect(await sweep()).toEqual({ due: 150, changed: 101, unconfirmed: 0 });
});

it('tells what is not certain, for the next sweep', async () => {
  const { tasks, clock, given, sweep } = setup();
  given(aRow({ deadline: clock.nowMs() + 1 }));
  clock.advance(1);
  tasks.write = async (writes) => writes.map(() => ({ kind: 'unconfirmed', reason: 'throttled' }));
  expect(await sweep()).toEqual({ due: 1, changed: 0, unconfirmed: 1 });
});

describe('the attempt of an agent whose report is stored, and whose finish was never written', () => {
  const held = (nowMs: number, change: Partial<TaskRow>): TaskRow => ({
    ...claimed(aRow({ type: 'agent', agent_id: 'reader' })),
    lease_id: 'token',
    claimable_at: nowMs,
    timer_at: nowMs,
    timer_in: '0',
    ...change,
  });
  const ENDS: readonly [string, Partial<TaskRow>, string][] = [
    ['its deadline', { deadline: 1 }, 'failed'],
    ['an accepted cancel', { cancel_requested: true }, 'cancelled'],
    ['its fifth crash', { attempt: 5 }, 'failed'],
    [
      'its fifth crash before its fallback',
      { attempt: 5, fallback: { task: { type: 'echo', payload: 1 } } },
      'waiting',
    ],
  ];

  it.each(ENDS)('completes its task, where that would end by %s', async (_, change, otherwise) => {
    const { results, clock, given, sweep } = setup();
    const row = held(clock.nowMs(), change);
    const [reported, silent] = [given(row), given({ ...row, task_id: newTaskId() })];
    await results.putFirst(aResult(row, { output_bytes: 300_000 }));
    expect(await sweep()).toEqual({ due: 2, changed: 2, unconfirmed: 0 });
    expect(reported()).toMatchObject({
      status: 'completed',
      result_attempt: row.attempt,
      has_objects: true,
      lease_id: 'token',
    });
    expect(reported()).not.toHaveProperty('timer_at');
    expect(silent()?.status).toBe(otherwise);
  });

  it('is left to the next sweep where its results cannot be read', async () => {
    const { results, clock, given, sweep } = setup();
    const row = held(clock.nowMs(), { deadline: 1 });
    const task = given(row);
    results.ofTask = () => Promise.reject(new Error('throttled'));
    expect(await sweep()).toEqual({ due: 1, changed: 0, unconfirmed: 1 });
    expect(task()).toEqual(row);
  });

  it('is read by nobody as its task only goes back to the mailbox', async () => {
    const { results, clock, given, sweep } = setup();
    const task = given(held(clock.nowMs(), {}));
    results.ofTask = () => Promise.reject(new Error('nobody asks'));
    expect(await sweep()).toEqual({ due: 1, changed: 1, unconfirmed: 0 });
    expect(task()?.status).toBe('queued');
  });
});

describe('the nets of ordered tasks', () => {
  const anOrdered = (key: string, place: number) => {
    const row = aRow({ ordering_key: key });
    return { ...row, timer_at: (row.timer_at ?? 0) + place };
  };

  it('are sent once their minute is over, each key as it was accepted, and set anew in that order', async () => {
    const { clock, given, sweep, sent } = setup();
    const rows = [3, 1, 2].map((place) => anOrdered('a', place));
    const reads = rows.map(given);
    given(claimed(anOrdered('a', 0)));
    expect(await sweep()).toEqual({ due: 4, changed: 0, unconfirmed: 0 });
    expect(sent).toEqual([]);

    clock.advance(NET_MS + 3);
    expect(await sweep()).toEqual({ due: 4, changed: 3, unconfirmed: 0 });
    const inOrder = [rows[1], rows[2], rows[0]].map((row) => row?.task_id);
    expect(sent.map(({ task_id }) => task_id)).toEqual(inOrder);
    expect(sent[0]).toMatchObject({ queue: 'ordered', generation: 1, delaySeconds: 0 });
    const timers = reads.map((read) => read()?.timer_at ?? 0);
    expect([...timers].sort()).toEqual([timers[1], timers[2], timers[0]]);
    expect(reads[0]?.()).toMatchObject({ generation: 1, version: 1, status: 'queued' });
    sent.length = 0;
    await sweep();
    expect(sent).toEqual([]);
  });

  it('fail the whole key behind one that is not sent, for the next sweep, and no other key', async () => {
    const { clock, given, sweep, sent, down } = setup();
    const others = Array.from({ length: 120 }, (_, place) => anOrdered('a', place));
    const [first, second] = others;
    const other = anOrdered('b', 200);
    for (const row of [...others, other]) given(row);
    clock.advance(NET_MS + 200);
    for (const { task_id } of others.slice(0, 100)) down.add(task_id);
    expect(await sweep()).toEqual({ due: 121, changed: 1, unconfirmed: 120 });
    // The second page sends nothing more of a key that the first has stopped.
    expect(sent.map(({ task_id }) => task_id)).toEqual(
      [...others.slice(0, 100), other].map(({ task_id }) => task_id),
    );
    down.clear();
    sent.length = 0;
    await sweep();
    expect(sent.slice(0, 2).map(({ task_id }) => task_id)).toEqual([first?.task_id, second?.task_id]);
    expect(sent).toHaveLength(120);
  });
});
