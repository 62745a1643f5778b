import type { Budget } from './state.ts';

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

function configure(
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

/** Ten minutes at a time: the look-ahead of the sweep is one of them, and 900 s lie between the first two. */
const STEP = 20;
export const NEAR_TICKS = STEP;
export const FAR_TICKS = 2 * STEP;
const TIMED = { stepTicks: STEP, leaseTicks: STEP, visibilityTicks: STEP, retryTicks: NEAR_TICKS } as const;

const SCHEDULED = { ...TIMED, scheduledTicks: FAR_TICKS } as const;
const MOVES: readonly ChangeKind[] = ['cancel', 'priority', 'reschedule'];
const PAIR = { tasks: 2, maxAttempts: 1 } as const;

export const CONFIGURATIONS = {
  deaths: configure({ deaths: 2, stalls: 1 }),
  'deaths-once': configure({ deaths: 2, stalls: 1 }, { maxAttempts: 1 }),
  'deaths-thrice': configure({ deaths: 3, stalls: 1 }),
  stalls: configure({ deaths: 1, stalls: 2 }),
  'long-visibility': configure({ deaths: 1, stalls: 2 }, { visibilityTicks: 2 }),
  'long-lease': configure({ deaths: 1, stalls: 2 }, { leaseTicks: 2, visibilityTicks: 2 }),
  dlq: configure({ deaths: 2, stalls: 1 }, { maxReceives: 2 }),
  'dlq-once': configure({ deaths: 1, stalls: 1 }, { maxReceives: 1 }),
  'dlq-dup': configure({ deaths: 1, stalls: 1, duplicates: 1 }, { maxReceives: 1 }),
  'dlq-lost': configure(
    { deaths: 1, stalls: 1, duplicates: 1, lostAnswers: 1 },
    { maxReceives: 2, maxAttempts: 1 },
  ),
  lost: configure({ deaths: 1, lostAnswers: 1 }),
  'lost-twice': configure({ deaths: 1, stalls: 1, lostAnswers: 2 }),
  'dup-lost': configure({ deaths: 1, stalls: 1, duplicates: 1, lostAnswers: 1 }),
  'dup-lost-once': configure({ deaths: 1, stalls: 1, duplicates: 1, lostAnswers: 1 }, { maxAttempts: 1 }),
  'dup-once': configure({ duplicates: 1 }, { maxAttempts: 1 }),
  five: configure({ deaths: 2 }, { handler: 'returns' }),
  'crash-limit': configure({ deaths: 2, stalls: 1 }, { crashedBefore: 3 }),
  killer: configure({}, { handler: 'kills_its_process' }),
  'long-retry': configure({ deaths: 1, duplicates: 1 }, { retryTicks: 31 }),
  'long-retry-plain': configure({}, { ...TIMED, retryTicks: FAR_TICKS }),
  'express-deaths': configure({ deaths: 2, stalls: 1 }, { express: true }),
  'express-dup': configure({ deaths: 1, duplicates: 1, failingRecords: 1 }, { express: true }),
  'express-once': configure({ deaths: 1 }, { express: true, maxAttempts: 1 }),
  'express-stall': configure({ stalls: 1 }, { express: true, maxAttempts: 1 }),
  'redo-twice': configure({ deaths: 1, duplicates: 1, failingRecords: 2 }),
  'redo-once': configure({ deaths: 1, failingRecords: 1 }, { maxAttempts: 1 }),
  'two-tasks': configure({ deaths: 1 }, { ...PAIR, oldHandlesDelete: false }),
  'two-stall': configure({ deaths: 1, stalls: 1 }, PAIR),
  'two-lost': configure({ lostAnswers: 1 }, { ...PAIR, handler: 'returns' }),
  'two-lost-retry': configure({ deaths: 1, lostAnswers: 1 }, { tasks: 2 }),
  'two-dup': configure({ duplicates: 1 }, { ...PAIR, handler: 'returns' }),
  'two-retry': configure({ deaths: 1 }, { tasks: 2 }),

  'dlq-cancel': configure({ deaths: 1, stalls: 1, changes: 1 }, { maxReceives: 2, changes: ['cancel'] }),
  'dlq-patch': configure(
    { deaths: 1, stalls: 1, changes: 1 },
    { maxReceives: 2, changes: ['priority', 'retry'] },
  ),
  'cancel-dup': configure({ deaths: 1, stalls: 1, duplicates: 1, changes: 1 }, { changes: ['cancel'] }),
  'cancel-lost': configure({ deaths: 1, stalls: 1, lostAnswers: 1, changes: 1 }, { changes: ['cancel'] }),
  'patch-dup': configure({ stalls: 1, duplicates: 1, changes: 1 }, { changes: ['priority'] }),
  'patch-death': configure({ deaths: 1, stalls: 1, changes: 1 }, { changes: ['priority'] }),
  'resched-dup': configure({ stalls: 1, duplicates: 1, changes: 1 }, { ...TIMED, changes: ['reschedule'] }),
  'resched-death': configure({ deaths: 1, changes: 1 }, { ...TIMED, changes: ['reschedule'] }),
  'restart-dup': configure({ stalls: 1, duplicates: 1, changes: 1 }, { changes: ['restart'] }),
  'restart-death': configure({ deaths: 1, stalls: 1, changes: 1 }, { changes: ['restart'] }),
  'retry-death': configure({ deaths: 1, stalls: 1, changes: 1 }, { maxAttempts: 1, changes: ['retry'] }),
  'retry-dup': configure({ stalls: 1, duplicates: 1, changes: 1 }, { maxAttempts: 1, changes: ['retry'] }),
  'cancel+retry': configure({ deaths: 1, changes: 2 }, { maxAttempts: 1, changes: ['cancel', 'retry'] }),
  'restart+cancel': configure({ stalls: 1, changes: 2 }, { changes: ['restart', 'cancel'] }),
  'restart+cancel+patch': configure(
    { changes: 3 },
    { ...TIMED, maxAttempts: 1, changes: ['restart', 'cancel', 'reschedule'] },
  ),
  express: configure({ deaths: 1, changes: 1 }, { express: true, changes: ['cancel', 'priority'] }),
  'sched-long': configure({ deaths: 1, changes: 1 }, { ...SCHEDULED, changes: MOVES }),
  'sched-long-dup': configure({ duplicates: 1, changes: 1 }, { ...SCHEDULED, changes: MOVES }),
  'sched-short': configure(
    { deaths: 1, changes: 1 },
    { ...SCHEDULED, scheduledTicks: NEAR_TICKS, changes: MOVES },
  ),
  'sched-sweepA': configure({ deaths: 1, changes: 1 }, { ...SCHEDULED, maxAttempts: 1, changes: MOVES }),
  'sched-sweeps': configure(
    { deaths: 1, duplicates: 1, changes: 1 },
    { ...SCHEDULED, sweeps: 2, deadlineTicks: FAR_TICKS + NEAR_TICKS, changes: MOVES },
  ),
  'sched-slow': configure(
    { changes: 2 },
    { ...SCHEDULED, maxAttempts: 1, slowChanges: true, changes: [...MOVES, 'deadline', 'tags'] },
  ),
  'retry-long': configure({ deaths: 1, changes: 1 }, { ...TIMED, retryTicks: FAR_TICKS, changes: MOVES }),
  'patch-deadline': configure(
    { deaths: 1, changes: 1 },
    { ...SCHEDULED, handler: 'returns', changes: ['deadline', 'tags'] },
  ),
  'patch-deadline-retry': configure(
    { changes: 1 },
    { ...TIMED, retryTicks: FAR_TICKS, changes: ['deadline', 'tags'] },
  ),
  skew: configure({}, { ...SCHEDULED, stepTicks: 10, scheduledTicks: 30, skewTicks: 10 }),
  'skew-retry': configure({}, { ...TIMED, stepTicks: 10, retryTicks: 30, skewTicks: 10 }),
  deadline: configure(
    { deaths: 1, changes: 1 },
    { ...SCHEDULED, deadlineTicks: FAR_TICKS + NEAR_TICKS, changes: ['cancel', 'priority', 'deadline'] },
  ),
  'deadline-q': configure(
    { deaths: 1, stalls: 1, changes: 1 },
    { ...TIMED, deadlineTicks: NEAR_TICKS, changes: ['cancel'] },
  ),
  'deadline-any': configure({}, { ...TIMED, deadlineTicks: NEAR_TICKS }),
  circuit: configure({ stalls: 1, openCircuits: 2 }),
  solo: configure({ deaths: 2, stalls: 1 }, { crashedBefore: 1 }),
  redo: configure(
    { deaths: 1, failingRecords: 1, changes: 1 },
    { ...TIMED, changes: ['priority', 'reschedule'] },
  ),
  'two-cancel': configure({ deaths: 1, changes: 1 }, { ...PAIR, handler: 'returns', changes: ['cancel'] }),
} as const satisfies Record<string, Configuration>;

export type ConfigurationName = keyof typeof CONFIGURATIONS;
