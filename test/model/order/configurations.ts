/** Faults that may still come, and what users may still do. */
export interface OrderBudget {
  /** Deaths of executors. */
  readonly deaths: number;
  /** Deaths of the API before it has sent everything, or answered. */
  readonly apiDeaths: number;
  /** Sends of the API that SQS does not confirm. */
  readonly lostSends: number;
  /** Leases or visibilities that lapse under a living executor. */
  readonly stalls: number;
  /** Messages that the timers send though one of the same generation is there. */
  readonly copies: number;
  /** Records that the dispatcher is given twice. */
  readonly redeliveries: number;
  /** Submissions that are repeated with their idempotency key. */
  readonly replays: number;
}

export type UserChange = 'cancel' | 'retry' | 'restart' | 'reschedule';

/** What is explored. */
export interface OrderConfiguration {
  /** The ordering keys of T1, T2 … */
  readonly keys: readonly string[];
  /** All tasks come in one batch. */
  readonly isBatch: boolean;
  readonly executors: number;
  readonly budget: OrderBudget;
  readonly maxAttempts: number;
  /** Only where the queue has a dead-letter queue, which is a rule that was taken out. */
  readonly maxReceives: number;
  /** T1 may fail. */
  readonly fails: boolean;
  /** Attempts of T1, and of the others of its key, never end. */
  readonly hangs: boolean;
  /** T1 waits for another task when it is submitted. */
  readonly waits: boolean;
  /** T1 has a fallback task. */
  readonly fallsBack: boolean;
  /** What users do to T1, once each. */
  readonly changes: readonly UserChange[];
}

const NO_FAULTS: OrderBudget = {
  deaths: 0,
  apiDeaths: 0,
  lostSends: 0,
  stalls: 0,
  copies: 0,
  redeliveries: 0,
  replays: 0,
};

function configure(
  faults: Partial<OrderBudget>,
  change: Partial<Omit<OrderConfiguration, 'budget'>> = {},
): OrderConfiguration {
  return {
    keys: ['a', 'a'],
    isBatch: false,
    executors: 2,
    budget: { ...NO_FAULTS, ...faults },
    maxAttempts: 2,
    maxReceives: 3,
    fails: true,
    hangs: false,
    waits: false,
    fallsBack: false,
    changes: [],
    ...change,
  };
}

export const ORDER_CONFIGURATIONS = {
  /** T1 fails once, an executor dies, the timers send once too often. */
  O1: configure({ deaths: 1, copies: 1 }),
  /** The API dies before it has sent, or is not answered; the client repeats itself. */
  O2: configure({ apiDeaths: 1, lostSends: 1, replays: 1, copies: 1 }),
  /** Leases and visibilities lapse under living executors. */
  O3: configure({ stalls: 2 }),
  O3b: configure({ stalls: 1, deaths: 1 }),
  /** T1 takes three attempts; with a DLQ a message would be there after three receives. */
  O4: configure({ stalls: 1 }, { maxAttempts: 3 }),
  /** T1 crashes three times. */
  O5: configure({ deaths: 3 }, { executors: 1, fails: false }),
  /** T1 is cancelled and retried by hand. */
  O6: configure({ deaths: 1 }, { maxAttempts: 1, changes: ['cancel', 'retry'] }),
  /** T1 is restarted. */
  O7: configure({ deaths: 1 }, { changes: ['restart'] }),
  /** A batch, of which the API has sent a part when it dies. */
  O8: configure({ apiDeaths: 1, deaths: 1, copies: 1 }, { isBatch: true }),
  /** T1 is released by another task, and the dispatcher is told so twice. */
  O9: configure({ redeliveries: 1, deaths: 1 }, { waits: true }),
  /** T1 is given another time. */
  O9b: configure({ deaths: 1 }, { maxAttempts: 1, changes: ['reschedule'] }),
  /** T3 of another key, while T1 hangs. */
  O10: configure({ deaths: 1 }, { keys: ['a', 'a', 'b'], executors: 2, hangs: true, fails: false }),
  /** T1 waits for its fallback task. */
  O11: configure({ deaths: 1 }, { maxAttempts: 1, fallsBack: true }),

  /** The same with less, for each run of the tests. */
  'O1-small': configure({}),
  'O2-small': configure({ apiDeaths: 1 }, { fails: false, executors: 1 }),
  'O2-lost': configure({ lostSends: 1 }, { fails: false, executors: 1 }),
  'O3-small': configure({ stalls: 1 }, { fails: false }),
  'O4-small': configure({}, { executors: 1, maxReceives: 2 }),
  'O5-small': configure({ deaths: 2 }, { executors: 1, fails: false }),
  'O7-small': configure({}, { executors: 1, fails: false, changes: ['restart'] }),
  'O8-small': configure({ apiDeaths: 1 }, { isBatch: true, executors: 1, fails: false }),
  'O9b-small': configure({}, { executors: 1, fails: false, changes: ['reschedule'] }),
  'O8-lost': configure({ lostSends: 1 }, { isBatch: true, executors: 1, fails: false }),
  'O9-small': configure({}, { executors: 1, fails: false, waits: true }),
  'O11-small': configure({}, { executors: 1, maxAttempts: 1, fallsBack: true, isBatch: true }),
  'O10-small': configure({}, { keys: ['a', 'b'], hangs: true, fails: false }),
} as const satisfies Record<string, OrderConfiguration>;

export type OrderConfigurationName = keyof typeof ORDER_CONFIGURATIONS;
