import { expect, it } from 'vitest';
import { deadlineExceeded } from '../../core/deadline.ts';
import { failure } from '../../core/task-failure.ts';
import { NOW_MS } from '../support/builders.ts';

it('says which deadline was missed, after how many attempts, and that no retry helps', () => {
  expect(deadlineExceeded({ attempt: 2 }, NOW_MS)).toEqual({
    code: 'deadline_exceeded',
    message: 'the task had not ended by its deadline 2026-11-21T10:00:00.000Z (attempts 2)',
    retryable: false,
    details: { deadline: '2026-11-21T10:00:00.000Z', attempts: 2 },
  });
});

it('tells the last error along', () => {
  const error = failure('http_status', 'answered 503', true);
  expect(deadlineExceeded({ attempt: 1, error }, NOW_MS).message).toMatch(
    /\(attempts 1\); its last error was http_status: answered 503$/,
  );
});
