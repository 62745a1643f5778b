import { type Configuration, configure } from './configure.ts';

const PAIR = { tasks: 2, maxAttempts: 1 } as const;

/** Tasks that are submitted, and that nobody touches afterwards. */
export const PLAIN = {
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
  solo: configure({ deaths: 2, stalls: 1 }, { crashedBefore: 1 }),
  circuit: configure({ stalls: 1, openCircuits: 2 }),
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
} as const satisfies Record<string, Configuration>;
