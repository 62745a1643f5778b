import { describe, expect, it } from 'vitest';
import { type AttemptOutcome, finishWrite } from '../../core/finish.ts';
import { encodeTransition } from '../../core/history.ts';
import { resultOf } from '../../core/result-view.ts';
import { DEFAULT_RETRY } from '../../core/retry.ts';
import { applyRowWrite } from '../../core/row-write.ts';
import { failure } from '../../core/task-failure.ts';
import type { TaskRow } from '../../core/task-row.ts';
import { aResult, aRow, claimed, NOW_MS } from '../support/builders.ts';

const stage = (name: string) => ({ name, duration_ms: 1, fallback_used: false, error: null });
const usage = (more: object = {}) => ({ cpu_ms: 1, max_memory_mb: 90, ...more });
const row: TaskRow = { ...aRow(), status: 'completed', attempt: 2, result_attempt: 2 };

describe('the usage of a result', () => {
  it('adds up what the handler has counted over all attempts, and has the stages of the one that counts', () => {
    const results = [
      aResult(row, { attempt: 1, usage: usage({ custom: { rows: 1, calls: 2 }, stages: [stage('read')] }) }),
      aResult(row, { attempt: 2, usage: usage({ custom: { rows: 4 }, stages: [stage('sum')] }) }),
    ];
    expect(resultOf(row, results, NOW_MS).usage).toEqual({
      cpu_ms: 2,
      max_memory_mb: 90,
      custom: { rows: 5, calls: 2 },
      stages: [stage('sum')],
    });
  });

  it('has the stages of the last attempt where none counts', () => {
    const { result_attempt: _, ...rest } = row;
    const failed: TaskRow = { ...rest, status: 'failed', error: failure('boom', 'no', true) };
    const results = [1, 2].map((attempt) =>
      aResult(row, { attempt, succeeded: false, usage: usage({ stages: [stage(`s${attempt}`)] }) }),
    );
    expect(resultOf(failed, results, NOW_MS)).toMatchObject({
      output: null,
      usage: { stages: [stage('s2')] },
    });
  });

  it('has neither where there is none', () => {
    expect(resultOf(row, [aResult(row)], NOW_MS).usage).toEqual(usage());
    expect(resultOf(row, [], NOW_MS).usage).toEqual({ cpu_ms: 0, max_memory_mb: 0 });
  });
});

describe('the attempts of a result', () => {
  const terms = { nowMs: NOW_MS, random: 0, policy: DEFAULT_RETRY, retentionSeconds: 60 };
  const finished = (running: TaskRow, outcome: AttemptOutcome): TaskRow => {
    const written = applyRowWrite(running, finishWrite(running, outcome, terms));
    if (written.kind !== 'applied' || written.row === undefined) throw new Error('the finish was refused');
    return written.row;
  };
  /** A task that went on in so many attempts, of which those that are named died. */
  const ended = (attempts: number, died: readonly number[] = []): TaskRow => {
    let running = claimed(aRow());
    for (let attempt = 1; attempt < attempts; attempt += 1) {
      const given = died.includes(attempt)
        ? { ...running, claimable_at: 0 }
        : finished(running, { kind: 'released', reason: 'goes on' });
      running = claimed(given);
    }
    return finished(running, { kind: 'succeeded', resultAttempt: attempts });
  };
  const shown = (one: TaskRow) =>
    resultOf(one, [aResult(one)], NOW_MS).attempts.map(({ attempt, error }) => [attempt, error?.code]);

  it('are those that left a result, and those that died', () => {
    expect(shown(ended(4, [2]))).toEqual([
      [2, 'lease_expired'],
      [4, undefined],
    ]);
  });

  it('start with their claims, as the task does, where the history knows them', () => {
    const task = { ...ended(1), history: [encodeTransition(NOW_MS - 300, 'processing', 'claimed')] };
    const { started_at, attempts } = resultOf(task, [aResult(task)], NOW_MS);
    expect(started_at).toBe('2026-11-21T09:59:59.700Z');
    expect(attempts[0]?.started_at).toBe(started_at);
    const forgotten = { ...ended(1), history: [] };
    expect(resultOf(forgotten, [aResult(task)], NOW_MS).attempts[0]?.started_at).toBe(
      '2026-11-21T10:00:00.000Z',
    );
  });

  it('are two where an ordered one was restarted in its place', () => {
    const history = [
      encodeTransition(NOW_MS, 'queued', 'submitted'),
      encodeTransition(NOW_MS + 100, 'processing', 'claimed'),
      encodeTransition(NOW_MS + 200, 'processing', 'restarted'),
      encodeTransition(NOW_MS + 300, 'processing', 'claimed'),
      encodeTransition(NOW_MS + 400, 'completed', 'succeeded'),
    ];
    const { attempts } = resultOf({ ...row, history }, [aResult(row)], NOW_MS + 400);
    const times = attempts.map(({ attempt, started_at, ended_at }) => [attempt, started_at, ended_at]);
    expect(times[0]).toEqual([1, '2026-11-21T10:00:00.100Z', '2026-11-21T10:00:00.200Z']);
    expect(times[1]?.slice(0, 2)).toEqual([2, '2026-11-21T10:00:00.300Z']);
    expect(attempts[0]?.error).toMatchObject({
      code: 'lease_expired',
      message: 'attempt 1 was ended by a restart',
    });
  });

  it('are no others where the history has forgotten how they ended', () => {
    expect(shown(ended(60))).toEqual([[60, undefined]]);
    expect(shown(ended(60, [50]))).toEqual([
      [50, 'lease_expired'],
      [60, undefined],
    ]);
  });
});

describe('the result of a task that has fallen back', () => {
  const fallen: TaskRow = { ...row, fallback_used: true, error: failure('boom', 'it broke', true) };
  const results = [aResult(row, { succeeded: false, output: '[]' })];

  it('has the fallback’s output, the last error, and how far it had come', () => {
    const progress = { percent: 40, message: 'half' };
    expect(resultOf({ ...fallen, progress }, results, NOW_MS)).toMatchObject({
      status: 'completed',
      output: [],
      error: { code: 'boom' },
      fallback_used: true,
      partial: progress,
    });
    expect(resultOf(fallen, results, NOW_MS).partial).toBeNull();
  });

  it('differs from a plain one, which has no error and no partial progress', () => {
    const plain = resultOf({ ...row, error: failure('boom', 'before', true) }, results, NOW_MS);
    expect(plain).toMatchObject({ error: null, fallback_used: false, cached: false });
    expect(plain).not.toHaveProperty('partial');
  });
});

describe('an attempt that left no result', () => {
  const begun = encodeTransition(NOW_MS, 'processing', 'claimed');
  const endedBy = (to: 'queued' | 'cancelled' | 'completed', cause: string) =>
    resultOf(
      { ...row, attempt: 1, history: [begun, encodeTransition(NOW_MS + 500, to, cause)] },
      [],
      NOW_MS + 500,
    ).attempts;
  const shown = { attempt: 1, started_at: '2026-11-21T10:00:00.000Z', usage: null };
  const ended_at = '2026-11-21T10:00:00.500Z';

  it.each([
    ['a cancel', 'cancelled', 'cancelled', ended_at, 'cancelled', /told to stop/],
    ['a restart', 'queued', 'restarted', ended_at, 'lease_expired', /a restart/],
    ['the end of its lease', 'queued', 'lease expired', null, 'lease_expired', /without a word/],
  ] as const)('have one that was ended by %s', (_, to, cause, at, code, message) => {
    const error = expect.objectContaining({ code, message: expect.stringMatching(message) });
    expect(endedBy(to, cause)).toEqual([{ ...shown, ended_at: at, error }]);
  });

  it.each([
    ['queued', 'solo'],
    ['completed', 'result of attempt 1'],
  ] as const)('have none that ran nothing: %s, %s', (to, cause) => {
    expect(endedBy(to, cause)).toEqual([]);
  });
});
