import { CORE_RULES as core } from '../rules.ts';
import type { Mutation } from './mutation.ts';

/** What follows from a row, and the redo queue. */
export const DISPATCH_MUTATIONS = {
  'dispatch-generation': {
    rule: 'the dispatcher sends whenever generation has changed',
    change: { followUpsOf: (row, previous) => (previous === undefined ? core.followUpsOf(row) : []) },
    configuration: 'lost',
    breaks: ['S1'],
  },
  'delay-cap': {
    rule: 'no message is sent with a delay above SQS’s 900 s',
    change: { sendDelaySeconds: ({ dueAtMs }, nowMs) => Math.ceil(Math.max(0, dueAtMs - nowMs) / 1000) },
    configuration: 'skew',
    breaks: ['S1'],
  },
  'send-delay': {
    rule: 'a message is sent with the delay until it is due',
    change: { sendDelaySeconds: () => 0 },
    configuration: 'lost',
    breaks: [],
    why: 'a message that comes early is put back until it is due: a receive more, nothing else',
  },
  'express-net': {
    rule: 'the dispatcher sends its copy of an express message too',
    change: {
      followUpsOf: (row, previous) =>
        core.followUpsOf(row, previous).filter((followUp) => followUp.kind !== 'send' || !followUp.express),
    },
    configuration: 'express-once',
    breaks: ['S1'],
  },
  'redo-by-row': {
    rule: 'redo does what follows from the row, whatever changed it',
    change: { redoFollowUps: (row) => core.followUpsOf(row, row) },
    configuration: 'redo-once',
    breaks: ['S1'],
  },
} as const satisfies Record<string, Mutation>;
