import { describe, expect, it } from 'vitest';
import { lookAtClaim, outcomeOfLook } from '../../core/claim.ts';
import { finishWrite } from '../../core/finish.ts';
import { crashedOfMemory, isMemoryHigh, memoryHighWrite } from '../../core/memory-guard.ts';
import { queueNameOf } from '../../core/queue-name.ts';
import { DEFAULT_RETRY } from '../../core/retry.ts';
import { applyRowWrite, type RowWrite } from '../../core/row-write.ts';
import type { TaskRow } from '../../core/task-row.ts';
import { aRow, claimed, NOW_MS } from '../support/builders.ts';

const TERMS = { nowMs: NOW_MS, random: 0.5, policy: DEFAULT_RETRY, retentionSeconds: 3600 };

function applied(row: TaskRow, write: RowWrite): TaskRow {
  const outcome = applyRowWrite(row, write);
  if (outcome.kind !== 'applied' || outcome.row === undefined) throw new Error('the write was refused');
  return outcome.row;
}

/** A row whose first attempt was marked, then died; claimed once more. */
const crashedWhileHigh = () => {
  const first = claimed(aRow());
  return claimed(applied(first, memoryHighWrite(first)));
};

it.each([
  [1503, false],
  [1504, true],
])('memory is high above 85 percent of the limit: %i MB of 1,769 is %s', (usedMb, isHigh) => {
  expect(isMemoryHigh(usedMb, 1769)).toBe(isHigh);
});

describe('the mark of an attempt that runs while memory is high', () => {
  it('is no change of state', () => {
    const row = claimed(aRow());
    expect(applied(row, memoryHighWrite(row))).toEqual({ ...row, memory_high: 1 });
  });

  it('is refused once the attempt is over, or another has the task', () => {
    const row = claimed(aRow());
    const over: TaskRow = { ...row, status: 'completed' };
    expect(applyRowWrite(over, memoryHighWrite(row)).kind).toBe('refused');
    expect(applyRowWrite(claimed(row), memoryHighWrite(row)).kind).toBe('refused');
  });
});

describe('a task whose attempt has crashed while memory was high', () => {
  it('goes to the next larger pool, with a message of its own; the claim is no crash', () => {
    const look = lookAtClaim(crashedWhileHigh(), NOW_MS, [], 'large');
    expect(look).toEqual({ kind: 'go_larger', pool: 'large' });
    if (look.kind === 'run') return;
    const row = applied(crashedWhileHigh(), finishWrite(crashedWhileHigh(), outcomeOfLook(look), TERMS));
    expect(row).toMatchObject({
      status: 'queued',
      pool: 'large',
      generation: 2,
      released: 1,
      claimable_at: 0,
    });
    expect(queueNameOf(row)).toBe('normal-large');
  });

  it('moves once for each crash: in its new pool it runs', () => {
    const row = crashedWhileHigh();
    const released = { kind: 'released', reason: 'larger_pool', pool: 'large' } as const;
    const moved = claimed(applied(row, finishWrite(row, released, TERMS)));
    expect(lookAtClaim(moved, NOW_MS, [], 'huge')).toEqual({ kind: 'run' });
  });

  it('runs again where it is in the largest pool', () => {
    expect(lookAtClaim(crashedWhileHigh(), NOW_MS, [])).toEqual({ kind: 'run' });
  });

  it('is not moved before what it may have stored is read, nor once its cancel was requested', () => {
    expect(lookAtClaim(crashedWhileHigh(), NOW_MS, undefined, 'large')).toEqual({ kind: 'read_results' });
    const row = { ...crashedWhileHigh(), cancel_requested: true };
    expect(lookAtClaim(row, NOW_MS, [], 'large')).toEqual({ kind: 'cancel' });
  });
});

describe('no crash of memory', () => {
  it.each<[string, Partial<TaskRow>]>([
    ['an attempt that was not marked', { attempt: 2 }],
    ['an attempt that has failed, and said so', { attempt: 2, failures: 1, counted: 1, memory_high: 1 }],
    ['a crash after such a failure', { attempt: 3, failures: 1, counted: 1, memory_high: 1 }],
    [
      'a crash of an earlier life',
      { attempt: 3, memory_high: 1, life: { attempt: 1, failures: 0, released: 0 } },
    ],
    ['a task that has moved for it', { attempt: 3, released: 1, memory_high: 0 }],
  ])('is %s', (_, change) => {
    expect(crashedOfMemory({ ...claimed(aRow()), ...change })).toBe(false);
  });
});

it('a claim that is given back for lack of memory leaves the task where it was, and is no crash', () => {
  const row = claimed(aRow());
  const back = applied(row, finishWrite(row, { kind: 'released', reason: 'memory' }, TERMS));
  expect(back).toMatchObject({ status: 'queued', generation: 2, released: 1, failures: 0, claimable_at: 0 });
  expect(queueNameOf(back)).toBe('normal');
  expect(lookAtClaim(claimed(back), NOW_MS, undefined, 'large')).toEqual({ kind: 'run' });
});
