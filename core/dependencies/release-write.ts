import type { ChangeTerms } from '../changes/change.ts';
import type { RowWrite } from '../row-write.ts';
import type { TaskRow } from '../task-row.ts';
import { type Edge, memberOfEdge } from './edge.ts';
import { endByFallback } from './end-by-fallback.ts';
import { failDependent } from './fail-dependent.ts';
import { dependencyFailed, judgeDependency, type Verdict } from './judge-dependency.ts';
import { takeMembers } from './take-members.ts';

/** An edge, and its dependency's row as it is now: not as it was when somebody was told of its end. */
export interface ToldEdge {
  readonly edge: Edge;
  readonly dependency: TaskRow | undefined;
}

/** What a dependency's row says of an edge. */
export function judgeEdge({ edge, dependency }: ToldEdge): Verdict {
  if (edge.condition === 'fallback') return judgeDependency('success', dependency);
  return judgeDependency(edge.condition, dependency);
}

/**
 * What edges that are decided do to their dependent, as it was read; undefined if nothing: it does not wait for
 * any of them (any more). One that failed fails it, else all that are met are taken together, and one that waits
 * for its fallback task ends with that.
 */
export function releaseWrite(
  row: TaskRow | undefined,
  told: readonly ToldEdge[],
  terms: ChangeTerms,
): RowWrite | undefined {
  if (row?.status !== 'waiting') return undefined;
  const waited = told.filter(({ edge }) => row.waiting_on?.includes(memberOfEdge(edge)));
  const fallback = waited.find((one) => one.edge.condition === 'fallback' && judgeEdge(one) !== 'open');
  if (fallback !== undefined) {
    return endByFallback(row, memberOfEdge(fallback.edge), fallback.dependency, terms);
  }
  for (const one of waited) {
    const { condition, dependencyId } = one.edge;
    if (condition === 'fallback' || judgeEdge(one) !== 'failed') continue;
    const error = dependencyFailed({ task_id: dependencyId, condition }, one.dependency);
    return failDependent(row, memberOfEdge(one.edge), error, terms);
  }
  const met = waited.filter((one) => judgeEdge(one) === 'met').map(({ edge }) => memberOfEdge(edge));
  return met.length === 0 ? undefined : takeMembers(row, met, { nowMs: terms.nowMs });
}
