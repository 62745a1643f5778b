import type { AttemptResult } from '../../core/attempt-result.ts';
import type { LaneMessage, Look } from '../../core/claim.ts';
import { CRASH_LIMIT, crashesOf, SOLO_CRASHES } from '../../core/crashes.ts';
import type { WriteOutcome } from '../../core/row-write.ts';
import { isEnded, isLegalTransition } from '../../core/status.ts';
import { lifeOf, type TaskRow } from '../../core/task-row.ts';
import { isLeftToTimers } from '../../core/timer.ts';
import type { Configuration } from './configurations/configure.ts';
import {
  type Burial,
  leaseIdOf,
  NOW_MS,
  type Part,
  type State,
  type TaskState,
  TIMERS,
  taskAt,
  USER,
  type Writer,
} from './state.ts';

/** What must hold in every state, whatever went wrong on the way to it. */
export const PROPERTIES = {
  S1: 'every task ends, without another fault and without anybody looking after it',
  S2: 'a completed task names a success that is stored, or its fallback',
  S3: 'an ended task never changes, but that a user retries or cancels a failed one',
  S4: 'the numbers of a row never fall, every change of state is legal and counted in version',
  S5: 'an attempt counts once in its life, as what it was: a failure, or a crash if it has lost the row to a fault or a restart',
  S6: 'an ended task starts no handler; an accepted cancel never becomes failed, nor waits',
  S7: 'a lease that lives is nobody else’s, unless a user restarts the task; no handler runs again once its success is stored',
  S8: 'the last thing that would wake a task is never deleted',
  S9: 'no task is failed whose stored success was there to be read, none is run or failed by a message that it does not live on',
  S10: 'the timers leave a running attempt alone, have the deadline of every task that waits, and nothing starts after it',
} as const;

export type PropertyId = keyof typeof PROPERTIES;

/** A property that a step has broken, and how. */
export interface Breach {
  readonly property: PropertyId;
  readonly what: string;
}

const NUMBERS = ['version', 'attempt', 'generation', 'failures', 'released'] as const;

/** What a write that was applied has broken. `crashed`: attempts of its life that have lost the row, now. */
export function breachesOfWrite(
  before: TaskState,
  after: TaskRow,
  crashed: number,
  writer: Writer,
): readonly Breach[] {
  const { row, results } = before;
  const breaches: Breach[] = [];
  const breach = (property: PropertyId, what: string) => void breaches.push({ property, what });

  if (after.status === 'completed' && row.status !== 'completed' && !after.fallback_used) {
    const named = results.find(({ attempt }) => attempt === after.result_attempt);
    if (named?.succeeded !== true)
      breach('S2', `completed with the result of attempt ${after.result_attempt}, which is not there`);
  }
  if (isEnded(row.status) && !(row.status === 'failed' && writer === USER))
    breach('S3', `${row.status} -> ${after.status}`);

  for (const name of NUMBERS)
    if (after[name] < row[name]) breach('S4', `${name} fell from ${row[name]} to ${after[name]}`);
  if ((after.counted ?? 0) < (row.counted ?? 0))
    breach('S4', `counted fell from ${row.counted} to ${after.counted ?? 0}`);
  const isTransition =
    after.status !== row.status ||
    after.attempt !== row.attempt ||
    (after.version !== row.version && writer !== USER);
  if (isTransition && !isLegalTransition(row.status, after.status))
    breach('S4', `${row.status} -> ${after.status} is no legal transition`);
  if (isTransition && after.version !== row.version + 1)
    breach('S4', 'a change of state was not counted in version');

  const failures = after.failures - lifeOf(after).failures;
  const errors = ofThisLife(results, after).filter(({ succeeded }) => !succeeded).length;
  if (failures > errors) breach('S5', `${failures} failures are counted, ${errors} attempts have failed`);
  if (after.attempt !== row.attempt && crashesOf(after) > crashed)
    breach(
      'S5',
      `${crashesOf(after)} crashes are counted, though only ${crashed} attempts have lost the row`,
    );

  const waits = after.status === 'failed' || after.status === 'retrying' || after.status === 'scheduled';
  if (after.cancel_requested && (waits || after.fallback_used))
    breach('S6', `a task whose cancel was accepted is ${after.status}`);

  const leaseLives = row.status === 'processing' && row.claimable_at > NOW_MS;
  if (leaseLives && writer !== USER && writer !== TIMERS && row.lease_id !== leaseIdOf(writer))
    breach('S7', `attempt ${row.attempt} lost the row on a live lease`);
  return [...breaches, ...breachesOfTimer(row, after, writer)];
}

/** What a write breaks between a row and its timer. */
function breachesOfTimer(row: TaskRow, after: TaskRow, writer: Writer): readonly Breach[] {
  if (writer === TIMERS && row.status === 'processing')
    return [{ property: 'S10', what: `the timers write ${after.status} while attempt ${row.attempt} runs` }];
  const { status, deadline, timer_at } = after;
  if (deadline === undefined || status === 'processing' || isEnded(status)) return [];
  return timer_at !== undefined && timer_at <= deadline
    ? []
    : [{ property: 'S10', what: `a task that is ${status} has a deadline and no timer for it` }];
}

/** The results of a row's present life. */
export function ofThisLife(results: readonly AttemptResult[], row: TaskRow): readonly AttemptResult[] {
  const { life } = row;
  return life === undefined ? results : results.filter(({ attempt }) => attempt > life.attempt);
}

/**
 * What the start of a handler breaks. A restart may overtake an attempt between its claim and its start, on a lease
 * that lives by its own clock: only a read before each run would show it, and its first heartbeat stops it.
 */
export function breachesOfStart(
  part: Part & { phase: 'starting' },
  row: TaskRow,
  { maxAttempts, leaseTicks }: Pick<Configuration, 'maxAttempts' | 'leaseTicks'>,
): readonly Breach[] {
  const breaches: Breach[] = [];
  const breach = (property: PropertyId, what: string) => void breaches.push({ property, what });
  if (crashesOf(part.row) >= CRASH_LIMIT)
    breach('S5', `a handler starts after ${crashesOf(part.row)} crashes`);
  const failures = part.row.failures - lifeOf(part.row).failures;
  if (failures >= maxAttempts) breach('S5', `a handler starts after ${failures} failures`);
  if (part.before.uncountedError)
    breach('S5', 'a handler starts although the error of an earlier attempt is not counted');
  if (part.restarted && part.claimAge < leaseTicks) return breaches;
  if (isEnded(row.status))
    breach('S6', `the handler of attempt ${part.row.attempt} starts, the task is ${row.status}`);
  else if (row.status !== 'processing' || row.attempt !== part.row.attempt)
    breach(
      'S7',
      `the handler of attempt ${part.row.attempt} starts on a lease that is over, attempt ${row.attempt} has the row`,
    );
  if (part.before.success)
    breach('S7', 'a handler starts although an earlier attempt had stored its success');
  return breaches;
}

/** What a claim breaks: whoever has an old message has one of a lane that the task may have left. */
export function breachesOfClaim(outcome: WriteOutcome, { generation }: LaneMessage): readonly Breach[] {
  if (outcome.kind !== 'applied' || outcome.row === undefined || outcome.row.generation === generation)
    return [];
  const what = `the message of generation ${generation} claims generation ${outcome.row.generation}`;
  return [{ property: 'S9', what }];
}

/** What the decision of a look breaks; that of an attempt that has lost its row decides nothing any more. */
export function breachesOfLook(
  look: Look,
  claimed: TaskRow,
  { row, results, crashed }: TaskState,
): readonly Breach[] {
  const breaches: Breach[] = [];
  const breach = (property: PropertyId, what: string) => void breaches.push({ property, what });
  if (look.kind === 'run' && claimed.cancel_requested)
    breach('S6', 'a look lets a task run whose cancel was accepted before');
  if (look.kind === 'run' && claimed.deadline !== undefined && claimed.deadline <= NOW_MS)
    breach('S10', 'a look lets a task run whose deadline has passed');
  if (row.attempt !== claimed.attempt) return breaches;
  const isCrashLimit = look.kind === 'fail' && look.failure.code === 'lease_expired';
  const needed = isCrashLimit ? CRASH_LIMIT : look.kind === 'go_solo' ? SOLO_CRASHES : 0;
  if (crashed < needed) breach('S5', `${needed} crashes are counted, though only ${crashed} attempts have`);
  const fails = look.kind === 'adopt_failure' || look.kind === 'fail';
  if (fails && ofThisLife(results, row).some(({ succeeded }) => succeeded))
    breach('S9', 'a look fails the task although its success is stored');
  return breaches;
}

/** What a dead letter's end of a task breaks, beside what any write may break. */
export function breachesOfBurial(before: TaskState, after: TaskRow, burial: Burial): readonly Breach[] {
  if (after.status !== 'failed' && !after.fallback_used) return [];
  const breaches: Breach[] = [];
  if (before.row.generation !== burial.generation)
    breaches.push({
      property: 'S9',
      what: `the message of generation ${burial.generation} fails generation ${before.row.generation}`,
    });
  const wasThere = ofThisLife(burial.results ?? [], after).some(({ succeeded }) => succeeded);
  const came = before.results.some(({ succeeded, attempt }) => succeeded && attempt > burial.row.attempt);
  if (wasThere || came)
    breaches.push({ property: 'S9', what: 'a task fails although its success is stored' });
  return breaches;
}

/** What deleting messages of a task breaks. */
export function breachesOfDeletion(before: State, after: State, task: number, by: string): readonly Breach[] {
  return wakes(before, task) && !wakes(after, task)
    ? [{ property: 'S8', what: `the last thing that would wake the task was deleted (${by})` }]
    : [];
}

/**
 * Whether anything will come back to a task by itself: a message of its generation, a record, a queue entry, the
 * timers that it is left to. (A deadline alone brings only its failure.)
 */
function wakes(state: State, task: number): boolean {
  const { row, records, redo, expressPending } = taskAt(state, task);
  return (
    isEnded(row.status) ||
    redo ||
    expressPending ||
    (row.status !== 'processing' && isLeftToTimers(row)) ||
    records.some(({ generation }) => generation === row.generation) ||
    state.messages.some((message) => message.task === task && message.generation === row.generation)
  );
}
