import { describe, expect, it } from 'vitest';
import { dependencyFailed, judgeDependency } from '../../../core/dependencies/judge-dependency.ts';
import { TASK_STATUSES, type TaskStatus } from '../../../core/status.ts';
import { aRow } from '../../support/builders.ts';

const judgeAll = (condition: 'success' | 'completion' | 'start', attempt: number) =>
  Object.fromEntries(
    TASK_STATUSES.map((status) => [status, judgeDependency(condition, { status, attempt })]),
  ) as Record<TaskStatus, string>;

const open = { waiting: 'open', scheduled: 'open', queued: 'open', processing: 'open', retrying: 'open' };

describe('a dependency', () => {
  it('is met by success when it has completed, and never when it ended otherwise', () => {
    const verdicts = { ...open, completed: 'met', failed: 'failed', cancelled: 'failed' };
    expect(judgeAll('success', 0)).toEqual(verdicts);
    expect(judgeAll('success', 3)).toEqual(verdicts);
  });

  it('is met by completion when it has ended in whatever way', () => {
    expect(judgeAll('completion', 1)).toEqual({ ...open, completed: 'met', failed: 'met', cancelled: 'met' });
  });

  it('is met by start from the first attempt on, whatever becomes of it', () => {
    expect(judgeAll('start', 0)).toEqual({
      ...open,
      completed: 'met',
      failed: 'failed',
      cancelled: 'failed',
    });
    expect(new Set(Object.values(judgeAll('start', 1)))).toEqual(new Set(['met']));
  });

  it('that is gone counts as failed before it started', () => {
    expect(judgeDependency('success', undefined)).toBe('failed');
    expect(judgeDependency('completion', undefined)).toBe('met');
    expect(judgeDependency('start', undefined)).toBe('failed');
  });
});

describe('the failure of a task whose dependency failed', () => {
  const on = { task_id: 'task-b', condition: 'success' } as const;

  it('names it, and its error', () => {
    const row = {
      ...aRow(),
      status: 'failed',
      error: { code: 'boom', message: 'no', retryable: true },
    } as const;
    expect(dependencyFailed(on, row)).toEqual({
      code: 'dependency_failed',
      message: 'dependency task-b is failed: boom, the condition was success',
      retryable: false,
      details: { task_id: 'task-b', condition: 'success', status: 'failed', root_task_id: 'task-b' },
    });
  });

  it('names the one whose failure began it all', () => {
    const error = dependencyFailed({ task_id: 'task-a', condition: 'success' }, undefined);
    const failed = dependencyFailed(on, { ...aRow(), status: 'failed', error });
    expect(failed.message).toContain('it began with task-a');
    expect(failed.details).toMatchObject({ task_id: 'task-b', root_task_id: 'task-a' });
  });

  it('says when there is no such task any more, or it has told nothing', () => {
    expect(dependencyFailed(on).message).toBe('dependency task-b is gone, the condition was success');
    const error = { code: 'dependency_failed', message: 'a cycle', retryable: false };
    expect(dependencyFailed(on, { ...aRow(), error }).details).toMatchObject({ root_task_id: 'task-b' });
  });
});
