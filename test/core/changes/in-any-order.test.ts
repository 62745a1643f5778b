import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cancelChange } from '../../../core/changes/cancel-task.ts';
import { type Patch, patchChange } from '../../../core/changes/patch-task.ts';
import { restartChange } from '../../../core/changes/restart-task.ts';
import { retryByHandChange } from '../../../core/changes/retry-by-hand.ts';
import { sweepWrite } from '../../../core/changes/sweep-timer.ts';
import { claimWrite } from '../../../core/claim.ts';
import { crashesOf } from '../../../core/crashes.ts';
import { judgeDeadLetter } from '../../../core/dead-letter.ts';
import { type AttemptOutcome, finishWrite } from '../../../core/finish.ts';
import { DEFAULT_RETRY } from '../../../core/retry.ts';
import { applyRowWrite, type RowWrite } from '../../../core/row-write.ts';
import { isEnded } from '../../../core/status.ts';
import { failure } from '../../../core/task-failure.ts';
import { lifeOf, NEVER, type TaskRow } from '../../../core/task-row.ts';
import { heartbeatWrite } from '../../../core/watch.ts';
import { aRow, NOW_MS } from '../../support/builders.ts';

const MINUTE_MS = 60_000;
const LEASE_MS = 80_000;
const TERMS = { random: 0, policy: { ...DEFAULT_RETRY, max_attempts: 2 }, retentionSeconds: 3600 };
const ERROR = failure('handler_error', 'text', true);

/** Who writes, by the row as it was `ago` changes before: in order, late, or after having lost it. */
const aWrite = fc.record({
  who: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom('claim', 'finish') },
    { weight: 4, arbitrary: fc.constantFrom('patch', 'restart', 'retry', 'sweep') },
    { weight: 1, arbitrary: fc.constantFrom('cancel', 'heartbeat', 'dead_letter') },
  ),
  ago: fc.constantFrom(0, 0, 0, 1, 2),
  afterMs: fc.constantFrom(0, 0, 0, 1000, LEASE_MS, 20 * MINUTE_MS),
  outcome: fc.constantFrom<AttemptOutcome['kind'] | 'circuit' | 'later'>(
    'succeeded',
    'failed',
    'failed',
    'later',
    'ended',
    'cancelled',
    'released',
    'circuit',
  ),
  patch: fc.record(
    {
      priority: fc.constantFrom(1, 5, 9),
      scheduled: fc.constantFrom(null, 0, 1, 30),
      deadline: fc.constantFrom(null, 1, 45),
    },
    { requiredKeys: [] },
  ),
});
type AnyWrite = typeof aWrite extends fc.Arbitrary<infer T> ? T : never;

function outcomeOf({ outcome }: AnyWrite, row: TaskRow, nowMs: number): AttemptOutcome {
  switch (outcome) {
    case 'succeeded':
      return { kind: 'succeeded', resultAttempt: row.attempt };
    case 'failed':
    case 'later':
      return { kind: 'failed', failure: ERROR, ...(outcome === 'later' ? { retryAfterSeconds: 1200 } : {}) };
    case 'ended':
      return { kind: 'ended', failure: ERROR };
    case 'cancelled':
      return { kind: 'cancelled' };
    case 'released':
      return { kind: 'released', reason: 'solo' };
    case 'circuit':
      return { kind: 'released', reason: 'circuit', dueAtMs: nowMs + 20 * MINUTE_MS };
  }
}

function patchOf({ patch: { priority, scheduled, deadline } }: AnyWrite, nowMs: number): Patch {
  const moment = (minutes: number | null) => (minutes === null ? null : nowMs + minutes * MINUTE_MS);
  return {
    ...(priority === undefined ? {} : { priority }),
    ...(scheduled === undefined ? {} : { scheduled_at: moment(scheduled) }),
    ...(deadline === undefined ? {} : { deadline: moment(deadline) }),
  };
}

function writeOf(write: AnyWrite, row: TaskRow, nowMs: number): RowWrite | undefined {
  const terms = { ...TERMS, nowMs };
  switch (write.who) {
    case 'claim':
      return claimWrite(row, { nowMs, leaseMs: LEASE_MS, leaseId: 'a lease' });
    case 'finish':
      return finishWrite(row, outcomeOf(write, row, nowMs), terms);
    case 'heartbeat':
      return heartbeatWrite(row, { endsAt: row.claimable_at, nextEndsAt: nowMs + LEASE_MS });
    case 'sweep':
      return sweepWrite(row, terms);
    case 'dead_letter': {
      const judged = judgeDeadLetter(row, row, { ...terms, receives: 9 }, []);
      return judged.kind === 'write' ? judged.write : undefined;
    }
    default: {
      const change = {
        cancel: () => cancelChange(row, terms),
        patch: () => patchChange(row, patchOf(write, nowMs), nowMs),
        restart: () => restartChange(row, nowMs),
        retry: () => retryByHandChange(row, nowMs),
      }[write.who]();
      return change.kind === 'write' ? change.write : undefined;
    }
  }
}

function rowsOf(first: TaskRow, writes: readonly AnyWrite[]): TaskRow[] {
  let nowMs = NOW_MS;
  const rows = [first];
  for (const write of writes) {
    nowMs += write.afterMs;
    const built = writeOf(write, rows.at(-1 - write.ago) ?? first, nowMs);
    const outcome = built === undefined ? undefined : applyRowWrite(rows.at(-1), built);
    if (outcome?.kind === 'applied' && outcome.row !== undefined) rows.push(outcome.row);
  }
  return rows;
}

const aStart = fc.constantFrom(
  aRow(),
  aRow({ scheduled_at: NOW_MS + 30 * MINUTE_MS }),
  aRow({ deadline: NOW_MS + 5 * MINUTE_MS }),
  aRow({ scheduled_at: NOW_MS + MINUTE_MS, deadline: NOW_MS + 30 * MINUTE_MS }),
);
const everyRow = fc
  .tuple(aStart, fc.array(aWrite, { minLength: 20, maxLength: 50, size: 'max' }))
  .map((args) => rowsOf(...args));

/** What holds of each row, and of each change of it. */
function always(check: (row: TaskRow, before: TaskRow | undefined) => void): void {
  fc.assert(
    fc.property(everyRow, (rows) => {
      rows.forEach((row, index) => void check(row, rows[index - 1]));
    }),
    { numRuns: 300 },
  );
}

describe('whatever executors, timers and users write to a row, in whatever order', () => {
  it('no number falls, and none of the present life is below none', () => {
    always((row, before) => {
      for (const name of ['version', 'attempt', 'generation', 'failures', 'released'] as const) {
        expect(row[name]).toBeGreaterThanOrEqual(before?.[name] ?? 0);
        if (name in lifeOf(row)) expect(row[name]).toBeGreaterThanOrEqual(lifeOf(row)[name as 'attempt']);
      }
      if (row.status === 'processing') expect(crashesOf(row)).toBeGreaterThanOrEqual(0);
    });
  });

  it('no task is completed or cancelled and then something else, and none is failed but to be retried or cancelled', () => {
    always((row, before) => {
      if (before === undefined || !isEnded(before.status)) return;
      expect(before.status).toBe('failed');
      expect(['scheduled', 'queued', 'cancelled']).toContain(row.status);
    });
  });

  it('no accepted cancel ends as a failure, or waits', () => {
    always((row) => {
      if (row.cancel_requested)
        expect(['queued', 'processing', 'completed', 'cancelled']).toContain(row.status);
    });
  });

  it('the timers have the deadline of what waits, and nothing of what has ended', () => {
    always((row) => {
      expect(row.timer_in).toBe(row.timer_at === undefined ? undefined : '0');
      if (isEnded(row.status)) expect(row.timer_at).toBeUndefined();
      else if (row.status !== 'processing' && row.deadline !== undefined)
        expect(row.timer_at).toBeLessThanOrEqual(row.deadline);
    });
  });

  it('what has ended can be claimed no more, has a date to go, and is among the failed ones if it is one', () => {
    always((row) => {
      expect(row.claimable_at === NEVER).toBe(isEnded(row.status));
      expect(row.expires_at !== undefined).toBe(isEnded(row.status));
      expect(row.failed_in !== undefined).toBe(row.status === 'failed');
    });
  });

  it('a task that goes to another lane, time or timer is judged anew by the dispatcher', () => {
    always((row, before) => {
      const waits = row.status === 'queued' || row.status === 'scheduled' || row.status === 'retrying';
      if (before === undefined || !waits || row.generation !== before.generation) return;
      expect(row.claimable_at).toBe(before.claimable_at);
      expect(row.timer_at).toBe(before.timer_at);
    });
  });
});
