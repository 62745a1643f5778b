import { describe, expect, it } from 'vitest';
import {
  confirmedOnly,
  FATE_ACKNOWLEDGE,
  FATE_REPORT,
  fateOfFinish,
  judgeClaim,
  putBackSeconds,
  retryLaterSeconds,
} from '../../../core/usecases/message-fate.ts';
import { aMessage, aResult, aRow, claimed, NOW_MS } from '../../support/builders.ts';

const HOUR = 3600;

describe('a message that is put back', () => {
  it('comes back when its task is claimable, rounded up to the second, never at once', () => {
    expect(putBackSeconds(NOW_MS + 1001, NOW_MS)).toBe(2);
    expect(putBackSeconds(NOW_MS, NOW_MS)).toBe(1);
    expect(putBackSeconds(0, NOW_MS)).toBe(1);
  });

  it('comes back within what SQS allows, however late its task is due', () => {
    expect(putBackSeconds(Number.MAX_SAFE_INTEGER, NOW_MS)).toBe(11 * HOUR);
  });

  it('comes back later with each receive, after a minute at the most', () => {
    expect([1, 2, 3, 5, 6, 1000].map(retryLaterSeconds)).toEqual([2, 4, 8, 32, 60, 60]);
  });
});

describe('the answer to a claim', () => {
  const row = claimed(aRow(), 'mine');
  const judge = (outcome: Parameters<typeof judgeClaim>[0], receives = 1) =>
    judgeClaim(outcome, aMessage(row, { receives }), 'mine', NOW_MS);

  it('puts the row in hand, also where a lost answer comes as a refusal by the own lease', () => {
    expect(judge({ kind: 'applied', row })).toEqual({ kind: 'claimed', row });
    expect(judge({ kind: 'refused', row })).toEqual({ kind: 'claimed', row });
  });

  it('lets the message go whose task has ended', () => {
    const ended = { ...row, status: 'completed' } as const;
    expect(judge({ kind: 'refused', row: ended })).toEqual({ kind: 'not_claimed', fate: FATE_ACKNOWLEDGE });
  });

  it('keeps the message whose task is not claimable yet', () => {
    const theirs = { ...row, lease_id: 'theirs', claimable_at: NOW_MS + 5000 };
    const fate = { kind: 'put_back', delaySeconds: 5 };
    expect(judge({ kind: 'refused', row: theirs })).toEqual({ kind: 'not_claimed', fate });
  });

  it('keeps the message where it is missing, unconfirmed or without the row', () => {
    const fate = { kind: 'put_back', delaySeconds: 8 };
    expect(judge(undefined, 3)).toEqual({ kind: 'not_claimed', fate });
    expect(judge({ kind: 'unconfirmed', reason: 'throttled' }, 3)).toEqual({ kind: 'not_claimed', fate });
    expect(judge({ kind: 'applied' }, 3)).toEqual({ kind: 'not_claimed', fate });
  });
});

describe('the answer to a finish', () => {
  const row = claimed(aRow());

  it('lets the message go once the task has ended or moved on', () => {
    expect(fateOfFinish({ kind: 'applied' }, row)).toBe(FATE_ACKNOWLEDGE);
    expect(fateOfFinish({ kind: 'refused', row: { ...row, status: 'completed' } }, row)).toBe(
      FATE_ACKNOWLEDGE,
    );
  });

  it('leaves the message where somebody else has the row, or nobody knows', () => {
    expect(fateOfFinish({ kind: 'refused', row: { ...row, attempt: 2 } }, row)).toBe(FATE_REPORT);
    expect(fateOfFinish({ kind: 'unconfirmed', reason: 'throttled' }, row)).toBe(FATE_REPORT);
    expect(fateOfFinish(undefined, row)).toBe(FATE_REPORT);
  });

  it('is the cancel that was accepted meanwhile', () => {
    const outcome = { kind: 'refused', row: { ...row, cancel_requested: true } } as const;
    expect(fateOfFinish(outcome, row)).toEqual({ kind: 'cancel_instead' });
  });
});

describe('the attempts that may be finished', () => {
  it('are those whose result is confirmed, and those that have none', () => {
    const [stored, lost, unanswered] = [1, 2, 3].map((attempt) => ({
      result: aResult({ ...aRow(), attempt }),
    }));
    const withoutResult = {};
    const ended = [stored, withoutResult, lost, unanswered].map((one) => one ?? {});
    expect(confirmedOnly(ended, [true, false])).toEqual([stored, withoutResult]);
  });
});
