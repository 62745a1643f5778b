import { describe, expect, it } from 'vitest';
import { retryByHandChange } from '../../../core/changes/retry-by-hand.ts';
import { claimWrite, lookAtClaim } from '../../../core/claim.ts';
import { crashesOf } from '../../../core/crashes.ts';
import { finishWrite } from '../../../core/finish.ts';
import { DEFAULT_RETRY } from '../../../core/retry.ts';
import { applyRowWrite } from '../../../core/row-write.ts';
import { TASK_STATUSES } from '../../../core/status.ts';
import { failure } from '../../../core/task-failure.ts';
import { NEVER, type TaskRow } from '../../../core/task-row.ts';
import { applied, writeOf } from '../../support/applied-change.ts';
import { aResult, aRow, claimed, NOW_MS } from '../../support/builders.ts';

const failed = (change: Partial<TaskRow> = {}): TaskRow => ({
  ...aRow(),
  status: 'failed',
  version: 9,
  attempt: 7,
  generation: 4,
  failures: 3,
  released: 1,
  claimable_at: NEVER,
  expires_at: 99,
  failed_in: 'normal',
  error: failure('handler_error', 'text', true),
  ...change,
});
const retried = (row: TaskRow): TaskRow => applied(row, retryByHandChange(row, NOW_MS));

describe('a manual retry', () => {
  it('queues a failed task anew, as if it had not ended', () => {
    const row = retried(failed({ solo: true, progress: { percent: 9, message: '' } }));
    expect(row).toMatchObject({ status: 'queued', version: 10, generation: 5, claimable_at: 0 });
    for (const name of ['expires_at', 'failed_in', 'error', 'progress', 'solo', 'timer_at'])
      expect(row).not.toHaveProperty(name);
  });

  it('waits for a time to start at that is still to come, near or far, with its timer', () => {
    const near = NOW_MS + 60_000;
    expect(retried(failed({ scheduled_at: near }))).toMatchObject({
      status: 'scheduled',
      claimable_at: near,
    });
    const far = NOW_MS + 86_400_000;
    expect(retried(failed({ scheduled_at: far }))).toMatchObject({ status: 'scheduled', timer_at: far });
    expect(retried(failed({ scheduled_at: NOW_MS }))).toMatchObject({ status: 'queued', claimable_at: 0 });
  });

  it('lets policy and crash limit count anew, and never resets the fence', () => {
    const row = retried(failed());
    expect(row).toMatchObject({
      attempt: 7,
      failures: 3,
      released: 1,
      life: { attempt: 7, failures: 3, released: 1 },
    });
    const first = claimed(row);
    expect(first.attempt).toBe(8);
    expect(crashesOf(first)).toBe(0);
    const terms = { nowMs: NOW_MS, random: 0, policy: DEFAULT_RETRY, retentionSeconds: 60 };
    const finish = finishWrite(first, { kind: 'failed', failure: failure('again', 'text', true) }, terms);
    expect(finish.set.status).toBe('retrying');
  });

  it('counts what former attempts have stored as done with', () => {
    const first = claimed(retried(failed()));
    const outcome = applyRowWrite(
      { ...first, claimable_at: 0 },
      claimWrite(first, { nowMs: NOW_MS, leaseMs: 1000, leaseId: 'second' }),
    );
    const second = outcome.kind === 'applied' ? outcome.row : undefined;
    const { output: _output, ...bare } = aResult({ ...first, attempt: 6 });
    const error = { ...bare, succeeded: false, error: failure('old', 'text', true) };
    expect(second && lookAtClaim(second, NOW_MS, [error, aResult({ ...first, attempt: 7 })])).toEqual({
      kind: 'run',
    });
  });

  it('takes a deadline away that has passed', () => {
    const row = retried(failed({ deadline: NOW_MS }));
    expect(row).not.toHaveProperty('deadline');
    expect(row).not.toHaveProperty('timer_at');
  });

  it('keeps a deadline that is to come, with its timer', () => {
    const deadline = NOW_MS + 1;
    expect(retried(failed({ deadline }))).toMatchObject({ deadline, timer_at: deadline, timer_in: '0' });
  });

  it('is refused by a task that was retried or cancelled since it was read', () => {
    const write = writeOf(retryByHandChange(failed(), NOW_MS));
    expect(applyRowWrite(failed({ version: 10 }), write).kind).toBe('refused');
    expect(applyRowWrite(failed({ generation: 5 }), write).kind).toBe('refused');
  });

  it.each(TASK_STATUSES.filter((status) => status !== 'failed'))('fails: the task is %s', (status) => {
    expect(retryByHandChange(failed({ status }), NOW_MS)).toMatchObject({ kind: 'refused', status });
  });
});
