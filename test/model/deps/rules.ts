import { orderBatch } from '../../../core/batch-order.ts';
import { addDependency } from '../../../core/changes/add-dependency.ts';
import { retryByHandChange } from '../../../core/changes/retry-by-hand.ts';
import { isAbandoned } from '../../../core/changes/sweep-timer.ts';
import { judgeDependency } from '../../../core/dependencies/judge-dependency.ts';
import { markWrite } from '../../../core/dependencies/mark-dependency.ts';
import { holdsOf } from '../../../core/dependencies/members.ts';
import { judgeEdge, releaseWrite } from '../../../core/dependencies/release-write.ts';
import {
  closedDependencies,
  dependenciesToPut,
  lookAtDependency,
  removeDependency,
  settleWrite,
} from '../../../core/dependencies/settle.ts';
import { moveOnIfEmpty } from '../../../core/dependencies/take-members.ts';
import { walkDependencies } from '../../../core/dependencies/walk.ts';
import { withdrawWrite } from '../../../core/dependencies/withdraw.ts';
import { followUpsOf } from '../../../core/follow-up.ts';

/** The decisions of a world: core's own, or with one rule taken out (mutations.ts). */
export interface Rules {
  readonly judgeDependency: typeof judgeDependency;
  readonly orderBatch: typeof orderBatch;
  readonly addDependency: typeof addDependency;
  readonly removeDependency: typeof removeDependency;
  readonly retryByHandChange: typeof retryByHandChange;
  readonly holdsOf: typeof holdsOf;
  readonly dependenciesToPut: typeof dependenciesToPut;
  readonly lookAtDependency: typeof lookAtDependency;
  readonly markWrite: typeof markWrite;
  readonly walkDependencies: typeof walkDependencies;
  readonly withdrawWrite: typeof withdrawWrite;
  readonly settleWrite: typeof settleWrite;
  readonly closedDependencies: typeof closedDependencies;
  readonly moveOnIfEmpty: typeof moveOnIfEmpty;
  readonly isAbandoned: typeof isAbandoned;
  readonly judgeEdge: typeof judgeEdge;
  readonly releaseWrite: typeof releaseWrite;
  readonly followUpsOf: typeof followUpsOf;
  /** The use cases' order of steps, which is a rule too. */
  readonly order: {
    readonly completion: 'edges before looks' | 'looks before edges';
    readonly release: 'edges before the row' | 'the row before edges';
    readonly nextPage: 'sent' | 'forgotten';
    readonly outcome: 'of the row' | 'of the message';
  };
}

/** The functions that the deployed code calls, in the order of its use cases. */
export const CORE_RULES: Rules = {
  judgeDependency,
  orderBatch,
  addDependency,
  removeDependency,
  retryByHandChange,
  holdsOf,
  dependenciesToPut,
  lookAtDependency,
  markWrite,
  walkDependencies,
  withdrawWrite,
  settleWrite,
  closedDependencies,
  moveOnIfEmpty,
  isAbandoned,
  judgeEdge,
  releaseWrite,
  followUpsOf,
  order: {
    completion: 'edges before looks',
    release: 'edges before the row',
    nextPage: 'sent',
    outcome: 'of the row',
  },
};
