import { describe, expect, it } from 'vitest';
import type { RowWrite, WriteOutcome } from '../../../core/row-write.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { AttemptWatch } from '../../../core/usecases/watch-attempts.ts';
import { WATCH_INTERVAL_MS } from '../../../core/watch.ts';
import { aMessage, aRow, claimed } from '../../support/builders.ts';
import { FixedClock } from '../../support/fixed-clock.ts';
import { InMemoryTaskStore } from '../../support/in-memory-task-store.ts';

const LEASE_MS = 80_000;
const LOST: WriteOutcome = { kind: 'unconfirmed', reason: 'no answer' };

/** A batch's watch, whose looks the test takes itself, over rows of attempts that run until they are ended. */
function setup() {
  const tasks = new InMemoryTaskStore();
  const clock = new FixedClock();
  const hidden: { receiptHandle: string; delaySeconds: number }[] = [];
  const blindLooks: unknown[] = [];
  const intervals: number[] = [];
  let isLooking = false;
  const watch = new AttemptWatch({
    tasks,
    clock,
    leaseMs: LEASE_MS,
    messages: { putBack: async (messages) => void hidden.push(...messages) },
    every: (ms) => {
      intervals.push(ms);
      isLooking = true;
      return () => {
        isLooking = false;
      };
    },
    onBlindLook: (error) => void blindLooks.push(error),
  });
  const start = () => {
    const row = claimed(aRow(), 'lease-1', clock.nowMs());
    tasks.rows.set(row.task_id, row);
    const message = aMessage(row);
    let stopped: unknown;
    let end = () => {};
    const attempt = { row, messages: [message], claimSentAtMs: clock.monotonicMs() };
    const ended = watch.during(attempt, async (stop) => {
      stop.addEventListener('abort', () => {
        stopped = stop.reason;
      });
      await new Promise<void>((resolve) => {
        end = resolve;
      });
    });
    const change = (part: Partial<TaskRow>) => tasks.rows.set(row.task_id, { ...rowNow(), ...part });
    const rowNow = (): TaskRow => tasks.rows.get(row.task_id) ?? row;
    const stop = async () => {
      end();
      await ended;
    };
    return { row, message, change, rowNow, stopped: () => stopped, end: stop };
  };
  const lookAfter = async (ms: number) => {
    clock.advance(ms);
    await watch.look();
  };
  return { tasks, clock, watch, hidden, blindLooks, intervals, start, lookAfter, isLooking: () => isLooking };
}

describe('a watch', () => {
  it('looks every two seconds, from the first attempt that runs to the end of the last', async () => {
    const { start, intervals, isLooking } = setup();
    const [first, second] = [start(), start()];
    expect(intervals).toEqual([WATCH_INTERVAL_MS]);
    await first.end();
    expect(isLooking()).toBe(true);
    await second.end();
    expect(isLooking()).toBe(false);
    const third = start();
    expect(intervals).toHaveLength(2);
    await third.end();
  });

  it('reads and writes nothing while nothing runs', async () => {
    const { tasks, watch } = setup();
    tasks.readAll = async () => {
      throw new Error('it has read');
    };
    await watch.look();
    expect(tasks.writes).toEqual([]);
  });

  it('gives back what the attempt gives, and throws what it throws', async () => {
    const { watch, isLooking } = setup();
    const attempt = { row: claimed(aRow()), messages: [], claimSentAtMs: 0 };
    expect(await watch.during(attempt, async () => 7)).toBe(7);
    await expect(watch.during(attempt, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(isLooking()).toBe(false);
  });
});

describe('a look', () => {
  it('stops an attempt whose cancel was accepted, and lets its neighbour go on', async () => {
    const { start, lookAfter } = setup();
    const [cancelled, other] = [start(), start()];
    cancelled.change({ cancel_requested: true });
    await lookAfter(WATCH_INTERVAL_MS);
    expect([cancelled.stopped(), other.stopped()]).toEqual(['cancelled', undefined]);
    await Promise.all([cancelled.end(), other.end()]);
  });

  it('stops an attempt whose task was restarted, and asks no more after it', async () => {
    const { tasks, start, lookAfter, hidden } = setup();
    const attempt = start();
    attempt.change({ status: 'queued', generation: 2, claimable_at: 0 });
    await lookAfter(LEASE_MS / 2);
    expect(attempt.stopped()).toBe('lease_lost');
    await lookAfter(LEASE_MS / 2);
    expect([tasks.writes, hidden]).toEqual([[], []]);
    await attempt.end();
  });

  it('writes nothing before half of the lease is gone', async () => {
    const { tasks, start, lookAfter } = setup();
    const attempt = start();
    await lookAfter(LEASE_MS / 2 - 1);
    expect(tasks.writes).toEqual([]);
    await attempt.end();
  });

  it('then extends the lease, and hides the messages a little longer than that', async () => {
    const { clock, start, lookAfter, hidden } = setup();
    const attempt = start();
    await lookAfter(LEASE_MS / 2);
    expect(attempt.rowNow().claimable_at).toBe(clock.nowMs() + LEASE_MS);
    expect(hidden).toEqual([{ receiptHandle: attempt.message.receiptHandle, delaySeconds: 90 }]);
    await lookAfter(LEASE_MS / 2);
    expect(attempt.rowNow().claimable_at).toBe(clock.nowMs() + LEASE_MS);
    expect(attempt.stopped()).toBeUndefined();
    await attempt.end();
  });

  it('stops an attempt whose heartbeat was refused: somebody has taken the row since it was read', async () => {
    const { tasks, start, lookAfter, hidden } = setup();
    const attempt = start();
    tasks.write = async () => [{ kind: 'refused', row: { ...attempt.row, attempt: 2 } }];
    await lookAfter(LEASE_MS / 2);
    expect(attempt.stopped()).toBe('lease_lost');
    expect(hidden).toEqual([]);
    await attempt.end();
  });

  it('goes on when its heartbeat was refused by itself: the answer to the first request was lost', async () => {
    const { tasks, start, lookAfter, hidden } = setup();
    const attempt = start();
    const write = tasks.write.bind(tasks);
    tasks.write = async (writes) => {
      await write(writes);
      return await write(writes);
    };
    await lookAfter(LEASE_MS / 2);
    expect(attempt.stopped()).toBeUndefined();
    expect(hidden).toHaveLength(1);
    await attempt.end();
  });

  it('finds at the next look that a heartbeat without an answer was written', async () => {
    const { tasks, clock, start, lookAfter } = setup();
    const attempt = start();
    const write = tasks.write.bind(tasks);
    tasks.write = async (writes) => {
      await write(writes);
      return writes.map(() => LOST);
    };
    await lookAfter(LEASE_MS / 2);
    tasks.write = write;
    await lookAfter(WATCH_INTERVAL_MS);
    expect(attempt.stopped()).toBeUndefined();
    expect(attempt.rowNow().claimable_at).toBe(clock.nowMs() + LEASE_MS);
    await attempt.end();
  });

  it('goes on when a heartbeat is overtaken by the one before it, which had been taken for lost', async () => {
    const { tasks, start, lookAfter } = setup();
    const attempt = start();
    const write = tasks.write.bind(tasks);
    const late: RowWrite[] = [];
    tasks.write = async (writes) => {
      late.push(...writes);
      return writes.map(() => LOST);
    };
    await lookAfter(LEASE_MS / 2);
    tasks.write = async (writes) => {
      await write(late.splice(0));
      return await write(writes);
    };
    await lookAfter(WATCH_INTERVAL_MS);
    expect(attempt.stopped()).toBeUndefined();
    await lookAfter(WATCH_INTERVAL_MS);
    expect(attempt.stopped()).toBeUndefined();
    await attempt.end();
  });

  it('tries again at the next look when a heartbeat did not arrive', async () => {
    const { tasks, clock, start, lookAfter } = setup();
    const attempt = start();
    const write = tasks.write.bind(tasks);
    tasks.write = async (writes) => writes.map(() => LOST);
    await lookAfter(LEASE_MS / 2);
    tasks.write = write;
    await lookAfter(WATCH_INTERVAL_MS);
    expect(attempt.rowNow().claimable_at).toBe(clock.nowMs() + LEASE_MS);
    expect(attempt.stopped()).toBeUndefined();
    await attempt.end();
  });

  it('stops an attempt whose lease is over by its own clock, when no heartbeat came through', async () => {
    const { tasks, start, lookAfter } = setup();
    const attempt = start();
    tasks.write = async (writes) => writes.map(() => LOST);
    await lookAfter(LEASE_MS - 1);
    expect(attempt.stopped()).toBeUndefined();
    await lookAfter(1);
    expect(attempt.stopped()).toBe('lease_lost');
    await attempt.end();
  });

  it('that cannot be taken is told, and stops only whom the own clock tells to', async () => {
    const { tasks, start, lookAfter, blindLooks } = setup();
    const attempt = start();
    const blind = new Error('throttled');
    tasks.readAll = async () => {
      throw blind;
    };
    await lookAfter(LEASE_MS - 1);
    expect([blindLooks, attempt.stopped()]).toEqual([[blind], undefined]);
    await lookAfter(1);
    expect(attempt.stopped()).toBe('lease_lost');
    await attempt.end();
  });

  it('is none while another is being taken', async () => {
    const { tasks, watch, start } = setup();
    const attempt = start();
    let reads = 0;
    const readAll = tasks.readAll.bind(tasks);
    tasks.readAll = async (ids) => {
      reads += 1;
      return await readAll(ids);
    };
    await Promise.all([watch.look(), watch.look()]);
    expect(reads).toBe(1);
    await attempt.end();
  });
});
