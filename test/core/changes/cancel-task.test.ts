import { describe, expect, it } from 'vitest';
import { cancelChange } from '../../../core/changes/cancel-task.ts';
import { applyRowWrite } from '../../../core/row-write.ts';
import { failure } from '../../../core/task-failure.ts';
import { NEVER, type TaskRow } from '../../../core/task-row.ts';
import { applied, writeOf } from '../../support/applied-change.ts';
import { aRow, claimed, NOW_MS } from '../../support/builders.ts';

const TERMS = { nowMs: NOW_MS, retentionSeconds: 3600 };
const cancelled = (row: TaskRow): TaskRow => applied(row, cancelChange(row, TERMS));

describe('the cancel of a task that does not run', () => {
  it.each(['waiting', 'scheduled', 'queued', 'retrying'] as const)('ends a %s task at once', (status) => {
    expect(cancelled({ ...aRow(), status })).toMatchObject({
      status: 'cancelled',
      version: 2,
      generation: 1,
      claimable_at: NEVER,
      expires_at: NOW_MS / 1000 + 3600,
      error: { code: 'cancelled', message: 'the task was cancelled', retryable: false },
    });
  });

  it('takes its timer away', () => {
    const row = aRow({ deadline: NOW_MS + 60_000 });
    expect(row).toHaveProperty('timer_at');
    expect(cancelled(row)).not.toHaveProperty('timer_at');
    expect(cancelled(row)).not.toHaveProperty('timer_in');
  });

  it('takes a failed task out of the failed ones, and tells the error that it had', () => {
    const error = failure('http_status', 'answered 503', true);
    const row = cancelled({ ...aRow(), status: 'failed', failed_in: 'normal', claimable_at: NEVER, error });
    expect(row).not.toHaveProperty('failed_in');
    expect(row.error?.message).toBe('the task was cancelled; its last error was http_status: answered 503');
  });

  it('is refused by a task that was changed, swept or claimed since it was read', () => {
    const row = aRow();
    const write = writeOf(cancelChange(row, TERMS));
    for (const change of [{ version: 2 }, { generation: 2 }])
      expect(applyRowWrite({ ...row, ...change }, write).kind).toBe('refused');
    expect(applyRowWrite(claimed(row), write).kind).toBe('refused');
  });
});

describe('the cancel of a running task', () => {
  it('is a request: the attempt decides how the task ends', () => {
    const row = claimed(aRow());
    expect(cancelled(row)).toEqual({ ...row, cancel_requested: true });
  });

  it('is no news the second time', () => {
    expect(cancelChange({ ...claimed(aRow()), cancel_requested: true }, TERMS)).toEqual({
      kind: 'unchanged',
    });
  });

  it('is refused by another attempt, and by a task that no longer runs', () => {
    const row = claimed(aRow());
    const write = writeOf(cancelChange(row, TERMS));
    expect(applyRowWrite({ ...row, attempt: 2 }, write).kind).toBe('refused');
    expect(applyRowWrite({ ...row, status: 'retrying' }, write).kind).toBe('refused');
  });
});

describe('the cancel of a task that has ended for good', () => {
  it.each(['completed', 'cancelled'] as const)('fails: it is %s', (status) => {
    expect(cancelChange({ ...aRow(), status }, TERMS)).toMatchObject({ kind: 'refused', status });
  });
});
