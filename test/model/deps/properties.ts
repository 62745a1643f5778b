import { dependenciesOf, openDependenciesOf } from '../../../core/dependencies/dependency.ts';
import { edgeOf } from '../../../core/dependencies/edge.ts';
import { judgeDependency } from '../../../core/dependencies/judge-dependency.ts';
import { holdsOf, waitsForFallback } from '../../../core/dependencies/members.ts';
import { walkDependencies } from '../../../core/dependencies/walk.ts';
import { isEnded } from '../../../core/status.ts';
import type { TaskRow } from '../../../core/task-row.ts';
import { isSameEdge, rowOf, type State, type TaskState } from './state.ts';

/** What must hold in every state. */
export const PROPERTIES = {
  P1: 'a task goes on only when each dependency is met, or was met while it waited',
  P2: 'a task fails only because of a dependency that it has, and that failed while it waited',
  P3: 'a task runs once in each life',
  P4: 'what a task waits for has an edge to it, unless somebody is at work on it',
  P5: 'no tasks wait for each other, unless somebody is at work on that',
  P6: 'every task ends, without another fault and without anybody looking after it',
} as const;

export type PropertyId = keyof typeof PROPERTIES;

export interface Breach {
  readonly property: PropertyId;
  readonly what: string;
}

/** How what has happened to a dependency while the task waited is noted. */
export const endedMark = (index: number): string => `${index}:ended`;
export const failedMark = (index: number): string => `${index}:failed`;

/** What a write of a row breaks. */
export function breachesOfWrite(
  state: State,
  id: string,
  before: TaskState,
  after: TaskRow,
): readonly Breach[] {
  const { row, marks } = before;
  const goesOn = after.status === 'queued' || after.status === 'scheduled';
  const breaches: Breach[] = [];
  if (goesOn && (row?.status === 'waiting' || row?.status === 'failed')) {
    for (const { index, task_id, condition } of dependenciesOf(after)) {
      const isMet = judgeDependency(condition, rowOf(state, task_id)) === 'met';
      const wasMet = condition === 'completion' && marks.includes(endedMark(index));
      if (isMet || wasMet) continue;
      const status = rowOf(state, task_id)?.status;
      breaches.push({ property: 'P1', what: `${id} goes on while ${task_id} (${condition}) is ${status}` });
    }
  }
  if (after.status === 'failed' && row?.status === 'waiting' && !waitsForFallback(row)) {
    const because = after.error?.details?.task_id;
    const listed = dependenciesOf(row).find(({ task_id }) => task_id === because);
    if (listed === undefined) {
      breaches.push({
        property: 'P2',
        what: `${id} fails because of ${because}, on which it does not depend`,
      });
    } else if (!marks.includes(failedMark(listed.index)) && after.error?.details?.cycle === undefined) {
      breaches.push({ property: 'P2', what: `${id} fails though ${because} has not failed while it waited` });
    }
  }
  if (after.status === 'processing' && row?.status === 'queued' && before.runs > 0) {
    breaches.push({ property: 'P3', what: `${id} runs twice` });
  }
  return breaches;
}

/** Whether anybody may still do something about what a task waits for. */
function isWorkedOn(state: State, id: string): boolean {
  return state.processes.some((one) => one.kind !== 'release' && one.kind !== 'batch' && one.task === id);
}

/** What is wrong with a state in which nobody is at work on some task. */
export function breachesOfState(state: State): readonly Breach[] {
  const breaches: Breach[] = [];
  const waiting = Object.entries(state.tasks).flatMap(([id, { row }]) =>
    row?.status === 'waiting' ? [{ id, row }] : [],
  );
  const isCalm =
    !state.processes.some(({ kind }) => kind === 'completion') &&
    waiting.every(({ row }) => holdsOf(row).length === 0);
  for (const { id, row } of waiting) {
    if (holdsOf(row).length > 0 || isWorkedOn(state, id)) continue;
    for (const dependency of openDependenciesOf(row)) {
      if (!state.edges.some((edge) => isSameEdge(edge, edgeOf(id, dependency)))) {
        breaches.push({ property: 'P4', what: `${id} waits for ${dependency.task_id}, and no edge says so` });
      }
    }
    const rows = new Map(Object.entries(state.tasks).map(([other, task]) => [other, task.row]));
    if (isCalm && walkDependencies(id, openDependenciesOf(row), rows).cycle !== undefined) {
      breaches.push({ property: 'P5', what: `${id} waits for itself, and nobody is at work on it` });
    }
  }
  return breaches;
}

/** Whether all has ended that can be counted on to end, and nothing is left to be done. */
export function isOver(state: State, endless: readonly string[]): boolean {
  if (state.messages.length > 0 || state.processes.length > 0) return false;
  return Object.entries(state.tasks).every(
    ([id, { row }]) =>
      row === undefined || isEnded(row.status) || (endless.includes(id) && row.status === 'processing'),
  );
}
