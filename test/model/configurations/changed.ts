import { type ChangeKind, type Configuration, configure, TIMED } from './configure.ts';

const ANY: readonly ChangeKind[] = ['cancel', 'priority', 'reschedule', 'deadline', 'retry', 'restart'];
const PAIR = { tasks: 2, maxAttempts: 1 } as const;

/** Tasks that users cancel, change, restart and retry. */
export const CHANGED = {
  'cancel-once': configure({ deaths: 1, changes: 1 }, { maxAttempts: 1, changes: ['cancel'] }),
  'patch-once': configure({ changes: 1 }, { maxAttempts: 1, changes: ['priority'] }),
  'restart-once': configure({ deaths: 1, changes: 1 }, { maxAttempts: 1, changes: ['restart'] }),
  'retry-once': configure({ deaths: 1, changes: 1 }, { maxAttempts: 1, changes: ['retry'] }),
  'change-slow': configure(
    { changes: 1 },
    { maxAttempts: 2, slowChanges: true, changes: ['cancel', 'priority', 'restart', 'retry'] },
  ),
  'cancel-dup': configure({ deaths: 1, stalls: 1, duplicates: 1, changes: 1 }, { changes: ['cancel'] }),
  'cancel-lost': configure({ deaths: 1, stalls: 1, lostAnswers: 1, changes: 1 }, { changes: ['cancel'] }),
  'patch-dup': configure({ stalls: 1, duplicates: 1, changes: 1 }, { changes: ['priority'] }),
  'patch-death': configure({ deaths: 1, stalls: 1, changes: 1 }, { changes: ['priority'] }),
  'restart-dup': configure({ stalls: 1, duplicates: 1, changes: 1 }, { changes: ['restart'] }),
  'restart-death': configure({ deaths: 1, stalls: 1, changes: 1 }, { changes: ['restart'] }),
  'retry-death': configure({ deaths: 1, stalls: 1, changes: 1 }, { maxAttempts: 1, changes: ['retry'] }),
  'retry-dup': configure({ stalls: 1, duplicates: 1, changes: 1 }, { maxAttempts: 1, changes: ['retry'] }),
  fallback: configure(
    { deaths: 1, stalls: 1, changes: 1 },
    { maxReceives: 2, maxAttempts: 1, fallback: true, changes: ['cancel'] },
  ),
  'cancel+retry': configure({ deaths: 1, changes: 2 }, { maxAttempts: 1, changes: ['cancel', 'retry'] }),
  'restart+cancel': configure({ stalls: 1, changes: 2 }, { changes: ['restart', 'cancel'] }),
  'restart+cancel+patch': configure(
    { changes: 3 },
    { ...TIMED, maxAttempts: 1, changes: ['restart', 'cancel', 'reschedule'] },
  ),
  express: configure({ deaths: 1, changes: 1 }, { express: true, changes: ['cancel', 'priority'] }),
  'two-cancel': configure({ deaths: 1, changes: 1 }, { ...PAIR, handler: 'returns', changes: ['cancel'] }),
  'dlq-cancel-once': configure(
    { deaths: 1, changes: 1 },
    { maxReceives: 1, maxAttempts: 1, changes: ['cancel'] },
  ),
  'dlq-cancel': configure({ deaths: 1, stalls: 1, changes: 1 }, { maxReceives: 2, changes: ['cancel'] }),
  'dlq-patch': configure(
    { deaths: 1, stalls: 1, changes: 1 },
    { maxReceives: 2, changes: ['priority', 'retry'] },
  ),
  'dlq-restart': configure(
    { deaths: 1, changes: 2 },
    { ...TIMED, maxReceives: 1, maxAttempts: 1, changes: ['restart', 'reschedule'] },
  ),
  'any-dlq': configure({ deaths: 1, changes: 2 }, { ...TIMED, maxReceives: 1, changes: ANY }),
  'any-lost': configure({ lostAnswers: 1, changes: 2 }, { ...TIMED, maxAttempts: 1, changes: ANY }),
  'any-slow': configure(
    { deaths: 1, changes: 2 },
    { ...TIMED, slowChanges: true, maxAttempts: 1, changes: ANY },
  ),
} as const satisfies Record<string, Configuration>;
