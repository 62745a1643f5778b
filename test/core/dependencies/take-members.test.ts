import { describe, expect, it } from 'vitest';
import { moveOnIfEmpty, takeMembers } from '../../../core/dependencies/take-members.ts';
import { applyRowWrite, type RowWrite } from '../../../core/row-write.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { aRow, NOW_MS } from '../../support/builders.ts';

const waiting = (members: readonly string[], more: Partial<TaskRow> = {}): TaskRow => ({
  ...aRow(),
  status: 'waiting',
  waiting_on: members,
  ...more,
});

const applied = (row: TaskRow, write: RowWrite): TaskRow => {
  const outcome = applyRowWrite(row, write);
  if (outcome.kind !== 'applied' || outcome.row === undefined) throw new Error('refused');
  return outcome.row;
};

const take = (row: TaskRow, ...members: string[]) => takeMembers(row, members, { nowMs: NOW_MS });

describe('taking members', () => {
  it('leaves the others, and the version, as they are', () => {
    const row = waiting(['0', '1', '2']);
    const after = applied(row, take(row, '0', '2', '7'));
    expect(after).toEqual({ ...row, waiting_on: ['1'] });
  });

  it('does not mind that others take theirs meanwhile', () => {
    const row = waiting(['0', '1', '2']);
    const write = take(row, '0');
    const after = applied({ ...row, waiting_on: ['0'] }, write);
    expect(after).not.toHaveProperty('waiting_on');
    expect(after.status).toBe('waiting');
    const moved = moveOnIfEmpty(after, NOW_MS);
    expect(moved && applied(after, moved)).toMatchObject({ status: 'queued', generation: 2 });
  });

  it('is refused where the member is gone, or the task no longer waits', () => {
    const row = waiting(['0', '1']);
    const write = take(row, '0');
    expect(applyRowWrite({ ...row, waiting_on: ['1'] }, write).kind).toBe('refused');
    expect(applyRowWrite({ ...row, status: 'cancelled' }, write).kind).toBe('refused');
  });

  it('takes the task to its lane with the last ones, in the same write', () => {
    const row = waiting(['0', 'h'], { timer_at: NOW_MS + 5, timer_in: '0' });
    const after = applied(row, take(row, '0', 'h'));
    expect(after).toMatchObject({ status: 'queued', generation: 2, version: 2, claimable_at: 0 });
    expect(after).not.toHaveProperty('waiting_on');
    expect(after).not.toHaveProperty('timer_at');
    expect(after.history.at(-1)).toContain('released');
    expect(applyRowWrite({ ...row, waiting_on: ['0', '1', 'h'] }, take(row, '0', 'h')).kind).toBe('refused');
  });

  it('takes the task to its time where that is still to come', () => {
    const row = waiting(['0'], { claimable_at: NOW_MS + 1 });
    expect(applied(row, take(row, '0'))).toMatchObject({ status: 'scheduled', claimable_at: NOW_MS + 1 });
    const late = waiting(['0'], { claimable_at: NOW_MS });
    expect(applied(late, take(late, '0'))).toMatchObject({ status: 'queued', claimable_at: 0 });
  });

  it('takes the timer away with the last hold, but for the deadline', () => {
    const held = waiting(['0', 'h', 'h1'], { timer_at: NOW_MS + 5, timer_in: '0' });
    const one = applied(held, take(held, 'h'));
    expect(one).toMatchObject({ waiting_on: ['0', 'h1'], timer_at: NOW_MS + 5 });
    expect(applied(one, take(one, 'h1'))).not.toHaveProperty('timer_at');
    const due = { ...one, deadline: NOW_MS + 9 };
    expect(applied(due, take(due, 'h1'))).toMatchObject({ timer_at: NOW_MS + 9 });
  });

  it('takes a hold only at the version that was read: whoever adds one raises it', () => {
    const row = waiting(['0', 'h']);
    expect(applyRowWrite({ ...row, version: 2 }, take(row, 'h')).kind).toBe('refused');
    expect(applyRowWrite({ ...row, version: 2 }, take(row, '0')).kind).toBe('applied');
  });
});

describe('a task that is left waiting for nothing', () => {
  it('goes on, unless it waits or has gone on', () => {
    const { waiting_on: _, ...empty } = waiting([]);
    expect(moveOnIfEmpty(empty, NOW_MS)).toBeDefined();
    expect(moveOnIfEmpty(waiting(['0']), NOW_MS)).toBeUndefined();
    expect(moveOnIfEmpty({ ...empty, status: 'queued' }, NOW_MS)).toBeUndefined();
    expect(moveOnIfEmpty(undefined, NOW_MS)).toBeUndefined();
  });
});
