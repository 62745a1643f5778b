import { describe, expect, it } from 'vitest';
import {
  type BulkState,
  bulkBegin,
  bulkProgress,
  isChanged,
  MAX_REFUSALS,
  reportOf,
  withBatch,
  withOutcome,
} from '../../core/bulk.ts';
import { encodeTransition } from '../../core/history.ts';
import type { TaskStatus } from '../../core/status.ts';
import { aRow, NOW_MS } from '../support/builders.ts';

const refusal = (task_id: string) => ({ task_id, status: 'completed', reason: 'it is completed' }) as const;

describe('the state of a bulk task', () => {
  it('counts a batch as matched before it is changed, and by its outcome afterwards', () => {
    const open = withBatch(bulkBegin('9~', 3), ['a', 'b', 'c'], '5');
    expect(open).toMatchObject({
      matched: 3,
      changed: 0,
      refused_count: 0,
      below: '5',
      open: ['a', 'b', 'c'],
    });
    const done = withOutcome(open, [refusal('b')]);
    expect(done).toMatchObject({ matched: 3, changed: 2, refused_count: 1, open: [] });
    expect(reportOf(done)).toEqual({ matched: 3, changed: 2, refused_count: 1, refused: [refusal('b')] });
  });

  it('tells of the first refusals only, and counts all', () => {
    const ids = Array.from({ length: MAX_REFUSALS + 20 }, (_, n) => `t${n}`);
    const done = withOutcome(withBatch(bulkBegin('9~', null), ids, null), ids.map(refusal));
    expect(done.refused_count).toBe(MAX_REFUSALS + 20);
    expect(done.refused).toEqual(ids.slice(0, MAX_REFUSALS).map(refusal));
  });

  const state = (change: Partial<BulkState>): BulkState => ({ ...bulkBegin('9~', 200), ...change });

  it.each([
    ['nothing of some', state({}), 0, '0 of 200 done: 0 changed, 0 refused'],
    ['half', state({ changed: 90, refused_count: 10 }), 50, '100 of 200 done: 90 changed, 10 refused'],
    ['all', state({ changed: 200 }), 99, '200 of 200 done: 200 changed, 0 refused'],
    ['more than there were', state({ changed: 300 }), 99, '300 of 200 done: 300 changed, 0 refused'],
    ['nothing of nothing', state({ total: 0 }), 0, '0 of 0 done: 0 changed, 0 refused'],
    ['some of nobody knows', state({ total: null, changed: 7 }), 0, '7 done: 7 changed, 0 refused'],
  ])('shows its progress: %s', (_, at, percent, message) => {
    expect(bulkProgress(at)).toEqual({ percent, message });
  });
});

describe('a task of an interrupted batch', () => {
  const history = (...entries: [number, TaskStatus][]) =>
    entries.map(([at, to]) => encodeTransition(NOW_MS + at, to, 'x'));
  const row = (status: TaskStatus, ...entries: [number, TaskStatus][]) => ({
    ...aRow(),
    status,
    history: history([-9, 'queued'], ...entries),
  });

  it.each([
    ['cancel', true, row('cancelled', [0, 'cancelled'])],
    ['cancel', false, row('cancelled', [-1, 'cancelled'])],
    ['cancel', false, row('completed', [1, 'completed'])],
    ['cancel', false, row('queued')],
    ['retry', true, row('queued', [-1, 'failed'], [0, 'queued'])],
    ['retry', true, row('failed', [-1, 'failed'], [1, 'queued'], [2, 'failed'])],
    ['retry', false, row('failed', [-3, 'failed'], [-2, 'queued'], [-1, 'failed'])],
    ['retry', false, row('failed', [1, 'failed'])],
    ['retry', false, row('cancelled', [-1, 'failed'], [1, 'cancelled'])],
  ] as const)('to %s was changed already: %s', (kind, expected, task) => {
    expect(isChanged(kind, task, NOW_MS)).toBe(expected);
  });
});
