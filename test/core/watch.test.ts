import { describe, expect, it } from 'vitest';
import { applyRowWrite } from '../../core/row-write.ts';
import { TASK_STATUSES } from '../../core/status.ts';
import { heartbeatWrite, judgeWatched } from '../../core/watch.ts';
import { aRow, claimed, NOW_MS } from '../support/builders.ts';

const row = claimed(aRow());
const endsAt = row.claimable_at;

describe('the look at a running attempt', () => {
  it('lets it go on while the row is its own', () => {
    expect(judgeWatched(row, row, endsAt)).toBe('go_on');
  });

  it('stops it when its cancel was accepted', () => {
    expect(judgeWatched({ ...row, cancel_requested: true }, row, endsAt)).toBe('cancelled');
  });

  it.each(TASK_STATUSES.filter((status) => status !== 'processing'))(
    'stops it when the task is %s: whoever did that has taken the lease',
    (status) => {
      expect(judgeWatched({ ...row, status, cancel_requested: true }, row, endsAt)).toBe('lease_lost');
    },
  );

  it('stops it when the task is gone, in other hands, or its lease was ended by somebody else', () => {
    expect(judgeWatched(undefined, row, endsAt)).toBe('lease_lost');
    expect(judgeWatched({ ...row, attempt: 2 }, row, endsAt)).toBe('lease_lost');
    expect(judgeWatched({ ...row, claimable_at: NOW_MS }, row, endsAt)).toBe('lease_lost');
  });
});

describe('a heartbeat', () => {
  const write = heartbeatWrite(row, { endsAt, nextEndsAt: endsAt + 1000 });

  it('extends the lease and changes nothing else', () => {
    expect(applyRowWrite(row, write)).toEqual({
      kind: 'applied',
      row: { ...row, claimable_at: endsAt + 1000 },
    });
  });

  it('revives a lease that is over, as long as nobody has taken it', () => {
    const late = { endsAt: NOW_MS - 1, nextEndsAt: NOW_MS + 1000 };
    const over = { ...row, claimable_at: late.endsAt };
    expect(applyRowWrite(over, heartbeatWrite(row, late)).kind).toBe('applied');
  });

  it.each([
    ['another attempt', { attempt: 2 }],
    ['a task that no longer runs', { status: 'queued' }],
    ['a lease that somebody has ended', { claimable_at: NOW_MS }],
  ] as const)('is refused by %s', (_, change) => {
    expect(applyRowWrite({ ...row, ...change }, write).kind).toBe('refused');
  });

  it('is refused the second time', () => {
    const outcome = applyRowWrite(row, write);
    const beaten = outcome.kind === 'applied' ? outcome.row : undefined;
    expect(applyRowWrite(beaten, write)).toEqual({ kind: 'refused', row: beaten });
  });
});
