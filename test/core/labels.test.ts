import { describe, expect, it } from 'vitest';
import { encodeTransition } from '../../core/history.ts';
import { labelNamesOf, labelsOf, missingLabelNames } from '../../core/labels.ts';
import type { TaskRow } from '../../core/task-row.ts';
import { aRow, NOW_MS } from '../support/builders.ts';

const DAY = 86_400;
const NOW = NOW_MS / 1000;
const tagged = (change: Partial<TaskRow> = {}): TaskRow => ({ ...aRow({ tags: ['a', 'b'] }), ...change });

describe('the labels of a row', () => {
  it('are none without tags and start time', () => {
    expect(labelNamesOf(aRow())).toEqual([]);
    expect(labelsOf(aRow(), 1)).toEqual([]);
  });

  it('are one for each of its tags, however often it is named, and one for a start time', () => {
    expect(labelNamesOf(aRow({ tags: ['a', 'b', 'a'] }))).toEqual(['tag#a', 'tag#b']);
    expect(labelNamesOf(aRow({ tags: ['scheduled'], scheduled_at: NOW_MS + 1 }))).toEqual([
      'tag#scheduled',
      'scheduled',
    ]);
  });

  it('stand where the row is listed', () => {
    const row = tagged({ listed_in: '2026-11-21T10#5' });
    expect(labelsOf(row, 1, ['tag#b'])).toMatchObject([{ name: 'tag#b', shard: 5, listedAt: row.listed_at }]);
  });

  it.each<[string, TaskRow, number]>([
    ['a task that shall run now', tagged(), NOW + 120 * DAY],
    ['a scheduled one', aRow({ scheduled_at: NOW_MS + 9000 }), NOW + 9 + 120 * DAY],
    ['one with a deadline', tagged({ deadline: NOW_MS + 7000 }), NOW + 7 + 120 * DAY],
    [
      'one whose deadline is in another century, but not until then,',
      tagged({ deadline: Date.UTC(2126, 0) }),
      NOW + (800 + 120) * DAY,
    ],
    [
      'one that was retried by hand',
      tagged({ history: ['x', encodeTransition(NOW_MS + 5000, 'queued', 'retried by hand')] }),
      NOW + 5 + 120 * DAY,
    ],
    ['one that waits for others', tagged({ status: 'waiting' }), NOW + 800 * DAY],
    ['one that waits for its agent', tagged({ type: 'agent' }), NOW + 800 * DAY],
    ['one without a history', tagged({ history: [] }), 120 * DAY],
  ])('outlive %s and its retention', (_, row, until) => {
    for (const { expiresAtSeconds } of labelsOf(row, 30 * DAY))
      expect(expiresAtSeconds).toBe(until + 30 * DAY);
  });
});

describe('the labels that the dispatcher puts', () => {
  const later = (change: Partial<TaskRow>) => tagged({ version: 2, ...change });

  it.each<[string, readonly string[], TaskRow, TaskRow | undefined]>([
    ['none of a row without any', [], aRow(), undefined],
    ['all of a row that was stored without them', ['tag#a', 'tag#b'], tagged(), undefined],
    ['none of a row that was stored after them', [], tagged({ labelled: true }), undefined],
    ['all by a changed row alone', ['tag#a', 'tag#b'], later({ labelled: true }), undefined],
    ['none of a row that was only touched', [], later({ labelled: true }), tagged({ labelled: true })],
    ['those that a change has added', ['tag#b'], later({ labelled: true }), tagged({ tags: ['a', 'c'] })],
    ['none where a change has taken some away', [], later({ tags: ['a'] }), tagged()],
    [
      'all of a row that a retry has taken back from its end',
      ['tag#a', 'tag#b'],
      later({ labelled: true }),
      tagged({ status: 'failed', labelled: true }),
    ],
    [
      'all of a row that was given a later time, to be kept longer',
      ['tag#a', 'tag#b'],
      later({ labelled: true, deadline: NOW_MS + 2 }),
      tagged({ labelled: true, deadline: NOW_MS + 1 }),
    ],
    [
      'none of a row that was given an earlier time',
      [],
      later({ labelled: true, deadline: NOW_MS + 1 }),
      tagged({ labelled: true, deadline: NOW_MS + 2 }),
    ],
    ['none of a row that has ended', [], later({ status: 'failed' }), tagged({ status: 'processing' })],
    ['none of a row that ended twice', [], later({ status: 'cancelled' }), tagged({ status: 'failed' })],
  ])('are %s', (_, names, row, previous) => {
    expect(missingLabelNames(row, previous)).toEqual(names);
  });
});
