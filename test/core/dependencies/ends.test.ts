import { describe, expect, it } from 'vitest';
import { endByFallback } from '../../../core/dependencies/end-by-fallback.ts';
import { failDependent } from '../../../core/dependencies/fail-dependent.ts';
import { judgeEdge, releaseWrite } from '../../../core/dependencies/release-write.ts';
import { closedDependencies, lookAtDependency, settleWrite } from '../../../core/dependencies/settle.ts';
import { isKept, withdrawWrite } from '../../../core/dependencies/withdraw.ts';
import { applyRowWrite, type RowWrite } from '../../../core/row-write.ts';
import { failure } from '../../../core/task-failure.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { aRow, claimed, NOW_MS } from '../../support/builders.ts';

const TERMS = { nowMs: NOW_MS, retentionSeconds: 60 };
const ERROR = failure('boom', 'it broke', false);

const waiting = (more: Partial<TaskRow> = {}): TaskRow => ({
  ...aRow(),
  status: 'waiting',
  dependencies: ['0s task-x', '1c task-y'],
  next_index: 2,
  waiting_on: ['0', '1'],
  ...more,
});
const ended = (status: 'completed' | 'failed' | 'cancelled'): TaskRow => ({ ...claimed(aRow()), status });

const applied = (row: TaskRow, write: RowWrite | undefined): TaskRow => {
  const outcome = write === undefined ? undefined : applyRowWrite(row, write);
  if (outcome?.kind !== 'applied' || outcome.row === undefined) throw new Error('refused');
  return outcome.row;
};

describe('a task that fails because of a dependency', () => {
  it('has ended, is found among the failed ones, and keeps what it waited for', () => {
    const row = waiting({ priority: 1, timer_at: 5, timer_in: '0' });
    const after = applied(row, failDependent(row, '0', ERROR, TERMS));
    expect(after).toMatchObject({ status: 'failed', error: ERROR, waiting_on: ['0', '1'], version: 2 });
    expect(after.failed_in).toContain('critical');
    expect(after).not.toHaveProperty('timer_at');
  });

  it('is cancelled instead where that was accepted', () => {
    const row = waiting({ cancel_requested: true });
    expect(applied(row, failDependent(row, '0', ERROR, TERMS)).status).toBe('cancelled');
  });

  it('is left alone where it no longer waits for that, or a cancel was accepted meanwhile', () => {
    const row = waiting();
    const write = failDependent(row, '0', ERROR, TERMS);
    expect(applyRowWrite({ ...row, waiting_on: ['1'] }, write).kind).toBe('refused');
    expect(applyRowWrite({ ...row, cancel_requested: true }, write).kind).toBe('refused');
    expect(applyRowWrite({ ...row, version: 2 }, write).kind).toBe('refused');
  });
});

describe('a task whose fallback task ends', () => {
  const parent = (more: Partial<TaskRow> = {}) => waiting({ waiting_on: ['f2'], error: ERROR, ...more });
  const edge = { dependencyId: 'f', dependentId: 'p', index: 2, condition: 'fallback' } as const;

  it('completes with it, in one write, and is never queued', () => {
    const row = parent();
    const told = [{ edge, dependency: ended('completed') }];
    expect(judgeEdge({ edge, dependency: ended('completed') })).toBe('met');
    const after = applied(row, releaseWrite(row, told, TERMS));
    expect(after).toMatchObject({ status: 'completed', fallback_used: true, error: ERROR });
    expect(after).not.toHaveProperty('waiting_on');
  });

  it('fails with its own last error where that one fails', () => {
    const row = parent();
    expect(applied(row, endByFallback(row, 'f2', ended('failed'), TERMS))).toMatchObject({
      status: 'failed',
      error: ERROR,
    });
  });

  it('fails with that one as the reason where it has no error, and where there is no such task', () => {
    const { error: _, ...row } = parent();
    const failed = ended('failed');
    expect(applied(row, endByFallback(row, 'f2', failed, TERMS)).error?.details).toMatchObject({
      task_id: failed.task_id,
    });
    expect(applied(row, endByFallback(row, 'f2', undefined, TERMS)).error?.code).toBe('dependency_failed');
  });

  it('is cancelled where that was accepted', () => {
    const row = parent({ cancel_requested: true });
    expect(applied(row, endByFallback(row, 'f2', ended('completed'), TERMS)).status).toBe('cancelled');
  });

  it('stays while that one has not ended', () => {
    expect(releaseWrite(parent(), [{ edge, dependency: aRow() }], TERMS)).toBeUndefined();
  });
});

describe('what dependencies have come to', () => {
  const told = (index: number, condition: 'success' | 'completion', dependency: TaskRow) => ({
    edge: { dependencyId: dependency.task_id, dependentId: 'a', index, condition },
    dependency,
  });

  it('takes all that are met together', () => {
    const row = waiting({ waiting_on: ['0', '1', '2'] });
    const write = releaseWrite(
      row,
      [told(0, 'success', ended('completed')), told(1, 'completion', ended('failed'))],
      TERMS,
    );
    expect(applied(row, write).waiting_on).toEqual(['2']);
  });

  it('fails the task where one has failed, whatever is met', () => {
    const row = waiting();
    const some = [told(1, 'completion', ended('failed')), told(0, 'success', ended('failed'))];
    expect(applied(row, releaseWrite(row, some, TERMS)).status).toBe('failed');
  });

  it('is nothing to one that does not wait for it, or for anything', () => {
    const some = [told(7, 'success', ended('failed'))];
    expect(releaseWrite(waiting(), some, TERMS)).toBeUndefined();
    expect(releaseWrite({ ...waiting(), status: 'queued' }, some, TERMS)).toBeUndefined();
    expect(releaseWrite(undefined, some, TERMS)).toBeUndefined();
    const { waiting_on: _, ...empty } = waiting();
    expect(releaseWrite(empty, some, TERMS)).toBeUndefined();
  });
});

describe('whoever puts dependencies', () => {
  const success = { index: 0, task_id: 'task-x', condition: 'success' } as const;
  const start = { index: 1, task_id: 'task-x', condition: 'start' } as const;

  it('marks what is open and not marked, for a start that too', () => {
    expect(lookAtDependency(success, aRow())).toBe('mark');
    expect(lookAtDependency(success, { ...aRow(), has_dependents: true })).toBe('told');
    expect(lookAtDependency(start, { ...aRow(), has_dependents: true })).toBe('mark');
    const marked = { ...aRow(), has_dependents: true, has_start_dependents: true };
    expect(lookAtDependency(start, marked)).toBe('told');
    expect(lookAtDependency(start, claimed(aRow()))).toBe('met');
    expect(lookAtDependency(success, ended('failed'))).toBe('failed');
    expect(lookAtDependency(success, undefined)).toBe('failed');
  });

  it('leaves a row alone whose hold is gone, or that no longer waits', () => {
    expect(settleWrite(waiting(), ['h'], [], TERMS)).toBeUndefined();
    expect(settleWrite({ ...waiting(), status: 'failed' }, ['h'], [], TERMS)).toBeUndefined();
    expect(settleWrite(undefined, ['h'], [], TERMS)).toBeUndefined();
  });

  it('does not fail a task by what it no longer waits for', () => {
    const row = waiting({ waiting_on: ['1', 'h'] });
    const after = applied(
      row,
      settleWrite(row, ['h'], [{ dependency: success, row: ended('failed') }], TERMS),
    );
    expect(after).toMatchObject({ status: 'waiting', waiting_on: ['1'] });
  });

  it('needs no edge any more for what the row does not wait for', () => {
    const both = [success, start];
    expect(closedDependencies(waiting({ waiting_on: ['1'] }), both)).toEqual([success]);
    expect(closedDependencies(waiting({ status: 'failed' }), both)).toEqual(both);
    expect(closedDependencies(undefined, both)).toEqual(both);
  });
});

describe('a cycle', () => {
  const by = { index: 1, task_id: 'task-y', condition: 'completion' } as const;
  const cycle = { by, path: ['task-a', 'task-y', 'task-a'] };

  it('is undone by taking the dependency that has closed it', () => {
    const row = waiting({ waiting_on: ['0', '1', 'h1'], timer_at: 5, timer_in: '0' });
    const after = applied(row, withdrawWrite(row, cycle, TERMS));
    expect(after).toMatchObject({ waiting_on: ['0'], dependencies: ['0s task-x'], version: 2 });
    expect(after).not.toHaveProperty('timer_at');
    expect(isKept(after, cycle)).toBe(false);
  });

  it('fails a task that was retried into it', () => {
    const row = waiting({ waiting_on: ['0', '1', 'h'] });
    const after = applied(row, withdrawWrite(row, cycle, TERMS));
    expect(after.error?.details).toEqual({ task_id: 'task-y', cycle: cycle.path });
    expect(isKept(after, cycle)).toBe(false);
  });

  it('is none any more where that dependency was met meanwhile: only the hold goes', () => {
    const row = waiting({ waiting_on: ['0', 'h1'] });
    const after = applied(row, withdrawWrite(row, cycle, TERMS));
    expect(after).toMatchObject({ waiting_on: ['0'], dependencies: row.dependencies });
    expect(isKept(after, cycle)).toBe(true);
  });

  it('is nobody’s any more where the task has gone on, or somebody else has undone it', () => {
    expect(withdrawWrite({ ...waiting(), status: 'queued' }, cycle, TERMS)).toBeUndefined();
    expect(withdrawWrite(undefined, cycle, TERMS)).toBeUndefined();
    expect(withdrawWrite(waiting({ waiting_on: ['0'] }), cycle, TERMS)).toBeUndefined();
    const { waiting_on: _, ...empty } = waiting();
    expect(withdrawWrite(empty, cycle, TERMS)).toBeUndefined();
  });
});
