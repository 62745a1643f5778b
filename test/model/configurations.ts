import type { Budget } from './state.ts';

/** What is explored: how many tasks, which faults, and the numbers that bound it. Times in ticks. */
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
}

const NO_FAULTS: Budget = { deaths: 0, stalls: 0, duplicates: 0, lostAnswers: 0, failingRecords: 0 };

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
    ...change,
  };
}

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
  'long-retry-plain': configure({}, { retryTicks: 31 }),
  express: configure({ deaths: 2, stalls: 1 }, { express: true }),
  'express-dup': configure({ deaths: 1, duplicates: 1, failingRecords: 1 }, { express: true }),
  'express-once': configure({ deaths: 1 }, { express: true, maxAttempts: 1 }),
  'express-stall': configure({ stalls: 1 }, { express: true, maxAttempts: 1 }),
  redo: configure({ deaths: 1, duplicates: 1, failingRecords: 2 }),
  'redo-once': configure({ deaths: 1, failingRecords: 1 }, { maxAttempts: 1 }),
  'two-tasks': configure({ deaths: 1 }, { ...PAIR, oldHandlesDelete: false }),
  'two-stall': configure({ deaths: 1, stalls: 1 }, PAIR),
  'two-lost': configure({ lostAnswers: 1 }, { ...PAIR, handler: 'returns' }),
  'two-lost-retry': configure({ deaths: 1, lostAnswers: 1 }, { tasks: 2 }),
  'two-dup': configure({ duplicates: 1 }, { ...PAIR, handler: 'returns' }),
  'two-retry': configure({ deaths: 1 }, { tasks: 2 }),
} as const satisfies Record<string, Configuration>;

export type ConfigurationName = keyof typeof CONFIGURATIONS;
