import type { Budget } from '../state.ts';

/** What a user may do to a task. */
export type ChangeKind = 'cancel' | 'priority' | 'reschedule' | 'deadline' | 'tags' | 'retry' | 'restart';

/** What is explored: how many tasks, which faults, and the numbers that bound it. Times in ticks of 30 s. */
export interface Configuration {
  readonly tasks: 1 | 2;
  /** Executors at work at the same time. */
  readonly executors: number;
  readonly budget: Budget;
  readonly maxAttempts: number;
  readonly leaseTicks: number;
  /** Visibility of a received message. */
  readonly visibilityTicks: number;
  /** Back-off after a failed attempt. */
  readonly retryTicks: number;
  /** Receives after which a message goes to the dead-letter queue; undefined: there is none. */
  readonly maxReceives?: number;
  /** The task is on `critical`: the API sends its first message itself. */
  readonly express: boolean;
  /** It completes with a fallback value where it would fail. */
  readonly fallback: boolean;
  /** What a handler may do beside returning. */
  readonly handler: 'returns' | 'returns_or_fails' | 'kills_its_process';
  /** Attempts that have crashed before the exploration begins. */
  readonly crashedBefore: number;
  /** An older receipt handle may still delete its message, as on a standard queue. */
  readonly oldHandlesDelete: boolean;
  /** Ticks that pass at a time: 20 where what is near or far for the timers is told apart. */
  readonly stepTicks: number;
  /** When the task is to run; absent: at once. */
  readonly scheduledTicks?: number;
  readonly deadlineTicks?: number;
  /** What users do, as often as the budget has it. */
  readonly changes: readonly ChangeKind[];
  /** Users' writes are decided on the row as read, and arrive later. */
  readonly slowChanges: boolean;
  /** Sweeps that have read the row and not yet written. */
  readonly sweeps: number;
  /** How far the dispatcher's clock is behind. */
  readonly skewTicks: number;
}

const NO_FAULTS: Budget = {
  deaths: 0,
  stalls: 0,
  duplicates: 0,
  lostAnswers: 0,
  failingRecords: 0,
  openCircuits: 0,
  changes: 0,
};

/** A configuration of one task and two executors that has these faults, and what is named otherwise. */
export function configure(
  faults: Partial<Budget>,
  change: Partial<Omit<Configuration, 'budget'>> = {},
): Configuration {
  return {
    tasks: 1,
    executors: 2,
    budget: { ...NO_FAULTS, ...faults },
    maxAttempts: 2,
    leaseTicks: 1,
    visibilityTicks: 1,
    retryTicks: 1,
    express: false,
    fallback: false,
    handler: 'returns_or_fails',
    crashedBefore: 0,
    oldHandlesDelete: true,
    stepTicks: 1,
    changes: [],
    slowChanges: false,
    sweeps: 1,
    skewTicks: 0,
    ...change,
  };
}

/** Ten minutes at a time: the look-ahead of the sweep is one of them, and SQS's 900 s lie between the first two. */
const STEP_TICKS = 20;
export const NEAR_TICKS = STEP_TICKS;
export const FAR_TICKS = 2 * STEP_TICKS;
export const TIMED = {
  stepTicks: STEP_TICKS,
  leaseTicks: STEP_TICKS,
  visibilityTicks: STEP_TICKS,
  retryTicks: NEAR_TICKS,
} as const;
