import type { AttemptResult } from '../attempt-result.ts';
import { judgeRefusedClaim } from '../claim.ts';
import { judgeRefusedFinish } from '../finish.ts';
import { isOrdered } from '../order.ts';
import type { ReceivedMessage } from '../ports.ts';
import type { RowWrite, WriteOutcome } from '../row-write.ts';
import type { TaskRow } from '../task-row.ts';

/** What becomes of a received message. */
export type Fate =
  /** It is deleted. */
  | { readonly kind: 'acknowledge' }
  /** It comes back after so many seconds. */
  | { readonly kind: 'put_back'; readonly delaySeconds: number }
  /** It is left alone and comes back when its visibility runs out. */
  | { readonly kind: 'report' };

export const FATE_ACKNOWLEDGE: Fate = { kind: 'acknowledge' };
export const FATE_REPORT: Fate = { kind: 'report' };

/** SQS's longest visibility is 12 hours from the receive; an hour of it is left for the receiver. */
const MAX_PUT_BACK_SECONDS = 11 * 3600;

/**
 * The longest that a message in the ordered queue goes without another look: its key waits for it, and its task may be
 * cancelled or rescheduled meanwhile. A look costs a receive and a write unit.
 */
const MAX_PLACE_SECONDS = 60;

/** Seconds until a message whose task is not claimable yet is worth another look. */
export function putBackSeconds(untilMs: number, nowMs: number, mostSeconds = MAX_PUT_BACK_SECONDS): number {
  return Math.min(Math.max(Math.ceil((untilMs - nowMs) / 1000), 1), mostSeconds);
}

/** Seconds until a message that could not be worked on is tried again: 2, 4, 8 … 60, by its receives. */
export function retryLaterSeconds(receives: number): number {
  return Math.min(2 ** Math.min(receives, 6), 60);
}

/** What came of a claim: the row in hand, or what becomes of the messages it was made for. */
export type ClaimVerdict =
  | { readonly kind: 'claimed'; readonly row: TaskRow }
  | { readonly kind: 'not_claimed'; readonly fate: Fate };

/** Judges the answer to a claim; an answer that is missing or unconfirmed lets the message come again. */
export function judgeClaim(
  outcome: WriteOutcome | undefined,
  message: ReceivedMessage,
  leaseId: string,
  nowMs: number,
): ClaimVerdict {
  if (outcome?.kind === 'applied' && outcome.row !== undefined) return { kind: 'claimed', row: outcome.row };
  if (outcome?.kind !== 'refused') return notClaimed(putBack(retryLaterSeconds(message.receives)));
  const judged = judgeRefusedClaim(outcome.row, message, leaseId);
  switch (judged.kind) {
    case 'mine':
      return { kind: 'claimed', row: judged.row };
    case 'acknowledge':
      return notClaimed(FATE_ACKNOWLEDGE);
    case 'put_back': {
      const most = outcome.row !== undefined && isOrdered(outcome.row) ? MAX_PLACE_SECONDS : undefined;
      return notClaimed(putBack(putBackSeconds(judged.untilMs, nowMs, most)));
    }
  }
}

/**
 * What becomes of the message of an ordered task whose finish leaves it waiting: it keeps its place until the task is
 * due. Undefined for every other finish: the message has done its work.
 */
export function fateInPlace(row: TaskRow, finish: RowWrite, nowMs: number): Fate | undefined {
  const { status, claimable_at = 0 } = finish.set;
  if (!isOrdered(row) || (status !== 'retrying' && status !== 'queued')) return undefined;
  return putBack(putBackSeconds(claimable_at, nowMs, MAX_PLACE_SECONDS));
}

/** What became of a finish: the fate of its messages, or the task's cancel that takes its place. */
export type FinishVerdict = Fate | { readonly kind: 'cancel_instead' };

/**
 * What becomes of the messages of a finished attempt. `mine` is the claimed row; `inPlace` what `fateInPlace` says of
 * the finish. A finish that was not confirmed leaves the message: whoever receives it next finds the row ended, or the
 * stored result.
 */
export function fateOfFinish(
  outcome: WriteOutcome | undefined,
  mine: Pick<TaskRow, 'generation' | 'attempt'>,
  inPlace?: Fate,
): FinishVerdict {
  if (outcome?.kind === 'applied') return inPlace ?? FATE_ACKNOWLEDGE;
  if (outcome?.kind !== 'refused') return FATE_REPORT;
  const judged = judgeRefusedFinish(outcome.row, mine);
  switch (judged.kind) {
    case 'acknowledge':
      return FATE_ACKNOWLEDGE;
    case 'cancel_instead':
      return judged;
    case 'left_in_place':
      return inPlace ?? FATE_REPORT;
    case 'report_failed':
      return FATE_REPORT;
  }
}

/**
 * The attempts that may be finished: those that left no result, and those whose result is known to be stored,
 * so that no finish ever names a result that is not there. `stored` answers, in order, for those with one.
 */
export function confirmedOnly<T extends { readonly result?: AttemptResult }>(
  ended: readonly T[],
  stored: readonly boolean[],
): T[] {
  const answers = stored.values();
  return ended.filter((one) => one.result === undefined || answers.next().value === true);
}

/**
 * What becomes of the message of an attempt that has lost its lease. Somebody else brings the task on, or will; an
 * ordered one only this message does, at once if it was restarted.
 */
export function fateOfLostLease(row: TaskRow): Fate {
  return isOrdered(row) ? putBack(1) : FATE_REPORT;
}

function notClaimed(fate: Fate): ClaimVerdict {
  return { kind: 'not_claimed', fate };
}

function putBack(delaySeconds: number): Fate {
  return { kind: 'put_back', delaySeconds };
}
