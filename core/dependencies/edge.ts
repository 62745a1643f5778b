import type { Condition } from './condition.ts';
import type { Dependency } from './dependency.ts';
import { fallbackMemberOf, memberOf } from './members.ts';

/** Who waits for a task: the way from a dependency to its dependent, kept where the dependency finds it. */
export interface Edge {
  readonly dependencyId: string;
  readonly dependentId: string;
  /** The dependent's index of it. */
  readonly index: number;
  /** `fallback`: the dependent is the task whose fallback task this is. */
  readonly condition: Condition | 'fallback';
}

/** A part of a dependency's edges, in their order. */
export interface EdgePage {
  readonly edges: readonly Edge[];
  /** Where the next page begins; absent on the last. */
  readonly next?: string;
}

/** The edges between tasks. */
export interface EdgeStore {
  /** Puts edges; false at each place whose put is not confirmed. The same one may be put again. */
  put(edges: readonly Edge[]): Promise<readonly boolean[]>;
  /** Edges of a dependency, consistently: all, or those that wait for its start; `after` goes on from a page. */
  page(query: {
    readonly dependencyId: string;
    readonly of: 'all' | 'start';
    readonly limit: number;
    readonly after?: string;
  }): Promise<EdgePage>;
  /** Removes edges that are used up; false at each place where that is not confirmed. Absent ones stay so. */
  remove(edges: readonly Edge[]): Promise<readonly boolean[]>;
}

/** The edge of a dependency. */
export function edgeOf(dependentId: string, { task_id, index, condition }: Dependency): Edge {
  return { dependencyId: task_id, dependentId, index, condition };
}

/** The member of the dependent's `waiting_on` that an edge stands for. */
export function memberOfEdge({ condition, index }: Edge): string {
  return condition === 'fallback' ? fallbackMemberOf(index) : memberOf(index);
}
