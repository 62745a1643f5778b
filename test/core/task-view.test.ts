import { describe, expect, it } from 'vitest';
import { encodeTransition } from '../../core/history.ts';
import { isoTime } from '../../core/iso-time.ts';
import { DEFAULT_RETRY } from '../../core/retry.ts';
import { failure } from '../../core/task-failure.ts';
import type { TaskRow } from '../../core/task-row.ts';
import { retryPolicyOf, summaryOf, taskOf, timeoutSecondsOf, timesOf } from '../../core/task-view.ts';
import { aRow, NOW_MS } from '../support/builders.ts';

const CREATED = '2026-11-21T10:00:00.000Z';

const ended = (status: 'completed' | 'failed'): TaskRow => ({
  ...aRow(),
  status,
  history: [
    encodeTransition(NOW_MS, 'queued', 'submitted'),
    encodeTransition(NOW_MS + 100, 'processing', 'claimed'),
    encodeTransition(NOW_MS + 200, 'retrying', 'handler_error'),
    encodeTransition(NOW_MS + 300, 'processing', 'claimed'),
    encodeTransition(NOW_MS + 1600, status, 'done'),
  ],
});

describe('a task as the API shows it', () => {
  it('has every default that its row leaves out', () => {
    const row = aRow();
    expect(taskOf(row, { n: 1 }, {})).toEqual({
      task_id: row.task_id,
      type: 'echo',
      name: '',
      description: '',
      agent_id: null,
      capability: null,
      priority: 5,
      lane: 'normal',
      status: 'queued',
      version: 1,
      attempt: 0,
      payload: { n: 1 },
      scheduled_at: null,
      deadline: null,
      timeout_seconds: 30,
      requirements: { cpu_cores: 1, memory_gb: 0.5, storage_gb: 0.5, gpu_units: 0 },
      dependencies: [],
      retry: DEFAULT_RETRY,
      ordering_key: null,
      fairness_key: null,
      cache_ttl_seconds: null,
      compensation: null,
      fallback: null,
      callback_url: null,
      remember: null,
      debug: false,
      metadata: {},
      tags: [],
      progress: { percent: 0, message: '' },
      error: null,
      created_at: CREATED,
      queued_at: CREATED,
      started_at: null,
      completed_at: null,
      duration_ms: null,
    });
  });

  it('shows what the caller named', () => {
    const named = {
      name: 'nightly',
      description: 'the nightly sum',
      agent_id: 'agent-7',
      priority: 1,
      timeout_seconds: 5,
      metadata: { cost_centre: 7 },
      tags: ['night'],
    };
    expect(summaryOf(aRow(named), {})).toMatchObject({ ...named, lane: 'critical' });
  });

  it('lists no payload', () => {
    expect(summaryOf(aRow(), {})).not.toHaveProperty('payload');
  });

  it('counts its duration from the first start to the end', () => {
    expect(summaryOf(ended('completed'), {})).toMatchObject({
      started_at: '2026-11-21T10:00:00.100Z',
      completed_at: '2026-11-21T10:00:01.600Z',
      duration_ms: 1500,
    });
  });

  it('has no duration when it ended without a start', () => {
    const row: TaskRow = {
      ...aRow(),
      status: 'failed',
      history: [encodeTransition(NOW_MS, 'failed', 'dead_lettered')],
    };
    expect(summaryOf(row, {})).toMatchObject({ queued_at: null, completed_at: CREATED, duration_ms: null });
  });

  it('shows the last error of a task, but not of one that has completed since', () => {
    const error = failure('handler_error', 'text', true);
    expect(summaryOf({ ...ended('failed'), error }, {}).error).toEqual(error);
    expect(summaryOf({ ...ended('completed'), error }, {}).error).toBeNull();
  });

  it('shows how far it is, and all of it once completed', () => {
    const progress = { percent: 40, message: 'page 4' };
    expect(summaryOf({ ...ended('failed'), progress }, {}).progress).toEqual(progress);
    expect(summaryOf({ ...ended('completed'), progress }, {}).progress).toEqual({
      percent: 100,
      message: 'page 4',
    });
    expect(summaryOf(ended('completed'), {}).progress).toEqual({ percent: 100, message: '' });
  });
});

describe('what a task leaves to its type', () => {
  const defaults = {
    retry: { max_attempts: 7, jitter: 'none' },
    timeout_seconds: 9,
    requirements: { memory_gb: 4 },
  } as const;

  it('is the type’s where the task is silent, the platform’s where both are', () => {
    expect(retryPolicyOf({ retry: { max_attempts: 1 } }, defaults)).toEqual({
      ...DEFAULT_RETRY,
      max_attempts: 1,
      jitter: 'none',
    });
    expect(timeoutSecondsOf({}, defaults)).toBe(9);
    expect(timeoutSecondsOf({ timeout_seconds: 1 }, defaults)).toBe(1);
    expect(summaryOf(aRow(), defaults).requirements).toMatchObject({ memory_gb: 4, cpu_cores: 1 });
  });
});

describe('the times of a task', () => {
  it('are none where its history tells none', () => {
    expect(timesOf({ history: [], status: 'failed' })).toEqual({
      queuedAtMs: null,
      startedAtMs: null,
      completedAtMs: null,
    });
    expect(isoTime(null)).toBeNull();
  });
});
