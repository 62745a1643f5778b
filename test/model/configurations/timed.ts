import { type ChangeKind, type Configuration, configure, FAR_TICKS, NEAR_TICKS, TIMED } from './configure.ts';

const SCHEDULED = { ...TIMED, scheduledTicks: FAR_TICKS } as const;
const MOVES: readonly ChangeKind[] = ['cancel', 'priority', 'reschedule'];

/** Five minutes at a time: what SQS can delay and what the sweep looks ahead are three of them, and two. */
const FINE = { stepTicks: 10, leaseTicks: 10, visibilityTicks: 10, retryTicks: 10 } as const;

/** Due times near and far, deadlines, long back-offs, and clocks that differ. */
export const TIMED_TASKS = {
  'long-retry': configure({ deaths: 1, duplicates: 1 }, { retryTicks: 31 }),
  'long-retry-plain': configure({}, { ...TIMED, retryTicks: FAR_TICKS }),
  'sched-once': configure({ changes: 1 }, { ...SCHEDULED, maxAttempts: 1, changes: MOVES }),
  'sched-long': configure({ deaths: 1, changes: 1 }, { ...SCHEDULED, changes: MOVES }),
  'sched-long-dup': configure({ duplicates: 1, changes: 1 }, { ...SCHEDULED, changes: MOVES }),
  'sched-short': configure(
    { deaths: 1, changes: 1 },
    { ...SCHEDULED, scheduledTicks: NEAR_TICKS, changes: MOVES },
  ),
  'sched-fine': configure(
    { deaths: 1, changes: 1 },
    { ...FINE, scheduledTicks: FAR_TICKS, deadlineTicks: FAR_TICKS + NEAR_TICKS, changes: MOVES },
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
  'resched-dup': configure({ stalls: 1, duplicates: 1, changes: 1 }, { ...TIMED, changes: ['reschedule'] }),
  'resched-death': configure({ deaths: 1, changes: 1 }, { ...TIMED, changes: ['reschedule'] }),
  'patch-slow': configure(
    { changes: 1 },
    { ...SCHEDULED, slowChanges: true, handler: 'returns', changes: ['deadline'] },
  ),
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
  'deadline-retry': configure(
    { deaths: 1, changes: 1 },
    { ...TIMED, deadlineTicks: NEAR_TICKS, maxAttempts: 1, changes: ['retry'] },
  ),
  'deadline-restart': configure(
    { changes: 2 },
    { ...TIMED, deadlineTicks: NEAR_TICKS, maxAttempts: 1, changes: ['restart', 'cancel'] },
  ),
  redo: configure(
    { deaths: 1, failingRecords: 1, changes: 1 },
    { ...TIMED, changes: ['priority', 'reschedule'] },
  ),
} as const satisfies Record<string, Configuration>;
