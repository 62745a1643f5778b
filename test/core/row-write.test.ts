import { describe, expect, it } from 'vitest';
import { decodeHistory, MAX_HISTORY } from '../../core/history.ts';
import { applyRowWrite, type RowWrite, transition } from '../../core/row-write.ts';
import type { TaskRow } from '../../core/task-row.ts';
import { aRow, NOW_MS } from '../support/builders.ts';

const PLAIN: Omit<RowWrite, 'taskId'> = { expect: [], set: {}, increment: [], returnRow: false };

describe('a transition', () => {
  it('is conditional on a state from which it is legal, beside what its writer expects', () => {
    const write = transition('task-1', {
      to: 'retrying',
      atMs: NOW_MS,
      cause: 'handler_error',
      expect: [{ attribute: 'attempt', equals: 2 }],
    });
    expect(write.expect).toEqual([
      { attribute: 'attempt', equals: 2 },
      { attribute: 'status', oneOf: ['processing'] },
    ]);
  });

  it('counts in version and appends itself to the history of a writer who does not know the row', () => {
    const row = aRow();
    const write = transition(row.task_id, { to: 'processing', atMs: NOW_MS, cause: 'claimed', expect: [] });
    const outcome = applyRowWrite(row, write);
    if (outcome.kind !== 'applied' || outcome.row === undefined) throw new Error('the write was refused');
    expect(outcome.row.version).toBe(2);
    expect(decodeHistory(outcome.row.history).map(({ to }) => to)).toEqual(['queued', 'processing']);
    expect(write.returnRow).toBe(false);
  });

  it('replaces a history that is known, and keeps it within its limit', () => {
    const known = { ...aRow(), history: Array.from({ length: MAX_HISTORY }, () => '1q x') };
    const write = transition(known.task_id, { to: 'failed', atMs: NOW_MS, cause: 'why', expect: [], known });
    const outcome = applyRowWrite(known, write);
    expect(outcome).toMatchObject({ kind: 'applied', row: { status: 'failed' } });
    expect(write.history).toHaveLength(MAX_HISTORY);
    expect(write.appendHistory).toBeUndefined();
  });
});

describe('a write applied to a row', () => {
  const row = { ...aRow(), attempt: 3, generation: 2, claimable_at: NOW_MS, timer_at: NOW_MS };

  it.each([
    ['generation', { attribute: 'generation', equals: 2 }, { attribute: 'generation', equals: 1 }],
    ['attempt', { attribute: 'attempt', equals: 3 }, { attribute: 'attempt', equals: 2 }],
    [
      'claimable_at',
      { attribute: 'claimable_at', atMost: NOW_MS },
      { attribute: 'claimable_at', atMost: NOW_MS - 1 },
    ],
    [
      'claimable_at as read',
      { attribute: 'claimable_at', equals: NOW_MS },
      { attribute: 'claimable_at', equals: NOW_MS + 1 },
    ],
    ['version', { attribute: 'version', equals: 1 }, { attribute: 'version', equals: 2 }],
    ['timer_at', { attribute: 'timer_at', equals: NOW_MS }, { attribute: 'timer_at', equals: 0 }],
    ['status', { attribute: 'status', oneOf: ['queued'] }, { attribute: 'status', oneOf: ['processing'] }],
  ] as const)('is refused, with the row, by an expectation on %s that is not met', (_, met, unmet) => {
    const write = { taskId: row.task_id, ...PLAIN };
    expect(applyRowWrite(row, { ...write, expect: [met] }).kind).toBe('applied');
    expect(applyRowWrite(row, { ...write, expect: [met, unmet] })).toEqual({ kind: 'refused', row });
  });

  it('is refused by a cancel that was accepted, where it demands that there is none', () => {
    const write = {
      taskId: row.task_id,
      ...PLAIN,
      expect: [{ attribute: 'cancel_requested', absent: true }],
    } as const;
    expect(applyRowWrite(row, write).kind).toBe('applied');
    expect(applyRowWrite({ ...row, cancel_requested: true }, write).kind).toBe('refused');
  });

  it('takes away what it names, whether it is there or not', () => {
    const write: RowWrite = { taskId: row.task_id, ...PLAIN, remove: ['timer_at', 'deadline'] };
    const { timer_at: _timerAt, ...rest } = row;
    expect(applyRowWrite(row, write)).toEqual({ kind: 'applied', row: rest });
  });

  it('is refused where there is no row', () => {
    expect(applyRowWrite(undefined, { taskId: 'task-1', ...PLAIN })).toEqual({
      kind: 'refused',
      row: undefined,
    });
  });

  it('sets and counts what it names, and nothing else', () => {
    const write: RowWrite = {
      taskId: row.task_id,
      ...PLAIN,
      set: { lease_id: 'mine' },
      increment: ['attempt'],
    };
    expect(applyRowWrite(row, write)).toEqual({
      kind: 'applied',
      row: { ...row, lease_id: 'mine', attempt: 4 },
    });
  });
});

describe('a write of what a task waits for', () => {
  const waiting = { ...aRow(), waiting_on: ['0', '1', 'h'] };
  const written = (write: Partial<RowWrite>) =>
    applyRowWrite(waiting, { taskId: waiting.task_id, ...PLAIN, ...write });

  it('takes members, and with the last one the attribute', () => {
    expect(written({ take: ['1', '7'] })).toMatchObject({ row: { waiting_on: ['0', 'h'] } });
    expect(written({ take: ['0', '1', 'h'] })).toEqual({
      kind: 'applied',
      row: expect.not.objectContaining({ waiting_on: expect.anything() }),
    });
    const { waiting_on: _, ...empty } = waiting;
    expect(applyRowWrite(empty, { taskId: empty.task_id, ...PLAIN, take: ['0'] })).toEqual({
      kind: 'applied',
      row: empty,
    });
  });

  it('demands a member, the very set in any order, or none', () => {
    const meets = (expectation: RowWrite['expect'][number], row: TaskRow = waiting) =>
      applyRowWrite(row, { taskId: row.task_id, ...PLAIN, expect: [expectation] }).kind === 'applied';
    const { waiting_on: _, ...empty } = waiting;
    expect(meets({ attribute: 'waiting_on', contains: '1' })).toBe(true);
    expect(meets({ attribute: 'waiting_on', contains: '2' })).toBe(false);
    expect(meets({ attribute: 'waiting_on', contains: '1' }, empty)).toBe(false);
    expect(meets({ attribute: 'waiting_on', exactly: ['h', '1', '0'] })).toBe(true);
    expect(meets({ attribute: 'waiting_on', exactly: ['1', '0'] })).toBe(false);
    expect(meets({ attribute: 'waiting_on', exactly: ['0'] }, empty)).toBe(false);
    expect(meets({ attribute: 'waiting_on', absent: true })).toBe(false);
    expect(meets({ attribute: 'waiting_on', absent: true }, empty)).toBe(true);
  });
});
