import type { AttemptResult } from '../../core/attempt-result.ts';
import { cancelChange } from '../../core/changes/cancel-task.ts';
import { patchChange } from '../../core/changes/patch-task.ts';
import { restartChange } from '../../core/changes/restart-task.ts';
import { retryByHandChange } from '../../core/changes/retry-by-hand.ts';
import { sweepWrite } from '../../core/changes/sweep-timer.ts';
import { claimWrite, type Look, lookAtClaim, mayStart, outcomeOfLook } from '../../core/claim.ts';
import { judgeDeadLetter } from '../../core/dead-letter.ts';
import { finishWrite } from '../../core/finish.ts';
import { type FollowUp, followUpsOf, isExpress, sendDelaySeconds } from '../../core/follow-up.ts';
import type { TaskRow } from '../../core/task-row.ts';
import { groupByTask } from '../../core/usecases/claim-batch.ts';
import { confirmedOnly, fateOfFinish, judgeClaim } from '../../core/usecases/message-fate.ts';
import { heartbeatWrite, judgeWatched } from '../../core/watch.ts';

/** The decisions of a world: core's own, or with one rule taken out (mutations.ts). */
export interface Rules {
  readonly isExpress: typeof isExpress;
  readonly followUpsOf: typeof followUpsOf;
  /** What the redo queue's consumer does with the row that it reads. */
  readonly redoFollowUps: (row: TaskRow) => readonly FollowUp[];
  readonly sendDelaySeconds: typeof sendDelaySeconds;
  readonly groupByTask: typeof groupByTask;
  readonly claimWrite: typeof claimWrite;
  readonly judgeClaim: typeof judgeClaim;
  readonly lookAtClaim: (row: TaskRow, nowMs: number, results?: readonly AttemptResult[]) => Look;
  readonly outcomeOfLook: typeof outcomeOfLook;
  readonly mayStart: typeof mayStart;
  readonly confirmedOnly: typeof confirmedOnly;
  readonly finishWrite: typeof finishWrite;
  readonly fateOfFinish: typeof fateOfFinish;
  readonly judgeDeadLetter: typeof judgeDeadLetter;
  readonly judgeWatched: typeof judgeWatched;
  readonly heartbeatWrite: typeof heartbeatWrite;
  readonly sweepWrite: typeof sweepWrite;
  /** What the sweep sends itself. */
  readonly sweepFollowUps: (row: TaskRow) => readonly FollowUp[];
  readonly cancelChange: typeof cancelChange;
  readonly patchChange: typeof patchChange;
  readonly restartChange: typeof restartChange;
  readonly retryByHandChange: typeof retryByHandChange;
}

/** The functions that the deployed code runs. */
export const CORE_RULES: Rules = {
  isExpress,
  followUpsOf,
  redoFollowUps: (row) => followUpsOf(row),
  sendDelaySeconds,
  groupByTask,
  claimWrite,
  judgeClaim,
  lookAtClaim,
  outcomeOfLook,
  mayStart,
  confirmedOnly,
  finishWrite,
  fateOfFinish,
  judgeDeadLetter,
  judgeWatched,
  heartbeatWrite,
  sweepWrite,
  sweepFollowUps: () => [],
  cancelChange,
  patchChange,
  restartChange,
  retryByHandChange,
};
