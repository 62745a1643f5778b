import { describe, expect, it } from 'vitest';
import { isExpired, laneOfRow, NEVER, priorityOf } from '../../core/task-row.ts';
import { aRow, NOW_MS } from '../support/builders.ts';

describe('a row', () => {
  it('has the default priority and lane where it names none', () => {
    expect(aRow()).not.toHaveProperty('priority');
    expect(priorityOf(aRow())).toBe(5);
    expect(laneOfRow(aRow())).toBe('normal');
  });

  it('has the lane of the priority that it names', () => {
    expect(priorityOf(aRow({ priority: 9 }))).toBe(9);
    expect(laneOfRow(aRow({ priority: 9 }))).toBe('low');
  });

  it('has expired from the second on that it names', () => {
    const seconds = NOW_MS / 1000;
    expect(isExpired({ expires_at: seconds }, NOW_MS - 1)).toBe(false);
    expect(isExpired({ expires_at: seconds }, NOW_MS)).toBe(true);
    expect(isExpired({}, NOW_MS)).toBe(false);
  });

  it('is never claimable at a time that a number still holds exactly', () => {
    expect(NEVER).toBeGreaterThan(Date.UTC(9999, 0));
    expect(Number.isSafeInteger(NEVER)).toBe(true);
  });
});
