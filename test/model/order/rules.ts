import { acceptTask } from '../../../core/accept-task.ts';
import type { AttemptResult } from '../../../core/attempt-result.ts';
import { cancelChange } from '../../../core/changes/cancel-task.ts';
import { patchChange } from '../../../core/changes/patch-task.ts';
import { renewNet } from '../../../core/changes/renew-net.ts';
import { restartChange } from '../../../core/changes/restart-task.ts';
import { retryByHandChange } from '../../../core/changes/retry-by-hand.ts';
import { judgeWake } from '../../../core/changes/wake-task.ts';
import { claimWrite, type DecidedLook, lookAtClaim, outcomeOfLook } from '../../../core/claim.ts';
import { judgeDeadLetter } from '../../../core/dead-letter.ts';
import { finishWrite } from '../../../core/finish.ts';
import { followUpsOf } from '../../../core/follow-up.ts';
import { isSentByApi, mustRunAlone, netPlaceOf, orderGroupOf } from '../../../core/order.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import {
  fateInPlace,
  fateOfFinish,
  fateOfLostLease,
  judgeClaim,
} from '../../../core/usecases/message-fate.ts';
import { chainStep } from '../../../core/usecases/ordered-chains.ts';
import { judgeWatched } from '../../../core/watch.ts';

/** The decisions of a world of ordered tasks: core's own, or with one rule taken out (mutations.ts). */
export interface OrderRules {
  readonly acceptTask: typeof acceptTask;
  readonly netPlaceOf: typeof netPlaceOf;
  readonly orderGroupOf: typeof orderGroupOf;
  readonly isSentByApi: typeof isSentByApi;
  readonly followUpsOf: typeof followUpsOf;
  readonly claimWrite: typeof claimWrite;
  readonly judgeClaim: typeof judgeClaim;
  readonly lookAtClaim: (row: TaskRow, nowMs: number, results: readonly AttemptResult[]) => DecidedLook;
  readonly outcomeOfLook: typeof outcomeOfLook;
  readonly mustRunAlone: typeof mustRunAlone;
  readonly judgeWatched: typeof judgeWatched;
  readonly finishWrite: typeof finishWrite;
  readonly fateInPlace: typeof fateInPlace;
  readonly fateOfFinish: typeof fateOfFinish;
  readonly fateOfLostLease: typeof fateOfLostLease;
  readonly chainStep: typeof chainStep;
  readonly renewNet: typeof renewNet;
  readonly judgeWake: typeof judgeWake;
  readonly judgeDeadLetter: typeof judgeDeadLetter;
  readonly cancelChange: typeof cancelChange;
  readonly patchChange: typeof patchChange;
  readonly restartChange: typeof restartChange;
  readonly retryByHandChange: typeof retryByHandChange;
  /** Whether a head that waits for its fallback task is to have ended before those behind it start (docs/order-and-fairness.md). */
  readonly holdsPlaceForFallback: boolean;
  /** `ordered.fifo` has none (lib/constructs/lanes.ts). */
  readonly hasDeadLetters: boolean;
  /** A task whose message is not sent is not accepted (submit-tasks.ts). */
  readonly acceptsUnsent: boolean;
  /** Behind a message that is not sent, no other of its key is (send-in-rounds.ts). */
  readonly sendsBehindUnsent: boolean;
}

/** The functions that the deployed code runs. */
export const ORDER_RULES: OrderRules = {
  acceptTask,
  netPlaceOf,
  orderGroupOf,
  isSentByApi,
  followUpsOf,
  claimWrite,
  judgeClaim,
  lookAtClaim,
  outcomeOfLook,
  mustRunAlone,
  judgeWatched,
  finishWrite,
  fateInPlace,
  fateOfFinish,
  fateOfLostLease,
  chainStep,
  renewNet,
  judgeWake,
  judgeDeadLetter,
  cancelChange,
  patchChange,
  restartChange,
  retryByHandChange,
  holdsPlaceForFallback: false,
  hasDeadLetters: false,
  acceptsUnsent: false,
  sendsBehindUnsent: false,
};
